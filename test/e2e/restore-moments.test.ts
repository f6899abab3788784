import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { BackupEngineKind } from '../../src/contract/lineage.ts'
import type { ManagedSpec } from '../../src/contract/project.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { done } from '../support/lab/drilled.ts'
import {
  committedIn,
  instantOf,
  quietMoment,
  rowsIn,
  withHistory,
  writeAllTheTime,
} from '../support/lab/history.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { postgresFor, program } from '../support/lab/pgbackrest.ts'
import { randomFrom } from '../support/lab/random.ts'
import { until } from '../support/lab/until.ts'

/**
 * Moments for each server. Five are what a build server has the time for. All fifty of each, with both engines: `HOWDAH_MOMENTS=50 npx vitest run --testTimeout=7200000 test/e2e/restore-moments.test.ts`, an hour or two.
 */
const MOMENTS = Number(process.env['HOWDAH_MOMENTS'] ?? 5)
/** So many are restored beside the instance before one takes its place. */
const BESIDE = 8

const db = { project: 'shop', service: 'db' }

async function asked<T>(
  lab: Lab,
  service: string,
  ask: (client: Awaited<ReturnType<typeof connectTo>>) => Promise<T>,
): Promise<T> {
  const client = await connectTo(lab, { project: 'shop', service })
  try {
    return await ask(client)
  } finally {
    await client.end()
  }
}

const gone = (lab: Lab, service: string) =>
  done(lab, lab.api.downProject({ project: 'shop', services: [service], finalSnapshot: 'none' }))

/** Restores shop/db, made as `spec` says and written to all the time, to past moments, and compares what each has. */
async function restoreToMoments(
  lab: Lab,
  spec: Partial<ManagedSpec>,
  engine: BackupEngineKind,
  seed: number,
): Promise<void> {
  await done(lab, lab.api.upProject(project('shop', { ...spec, settings: withHistory })))
  const writing = await writeAllTheTime(lab, db, 3)
  const wrote = (rows: number) =>
    until(`${rows} rows`, () => asked(lab, 'db', async (c) => (await rowsIn(c)).length > rows))
  await done(lab, lab.api.createBackup(db))
  await wrote(300)
  // A second base in the middle: each moment is restored from the newest one before it.
  await done(lab, lab.api.createBackup(db))
  await wrote(900)
  await writing.stop()
  const history = await asked(lab, 'db', committedIn)
  const [status] = await lab.api.listBackups(db)
  expect(status?.lineage.engine).toBe(engine)
  const lineage = status?.lineage.id ?? ''
  const earliest = BigInt(Date.parse(status?.lineage.window.earliest ?? '')) * 1000n + 1000n
  const restorable = history.filter((row) => row.atMicros > earliest)
  expect(restorable.length).toBeGreaterThan(300)

  const random = randomFrom(seed)
  for (let i = 0; i < MOMENTS; i++) {
    const micros = quietMoment(restorable, random())
    const round = `seed ${seed}, moment ${i}: ${instantOf(micros)}`
    const expected = history
      .filter((row) => row.atMicros <= micros)
      .map((row) => row.n)
      .toSorted((a, b) => a - b)
    // The first history, whatever took the instance's place meanwhile.
    const wanted = { lineage, target: { kind: 'time', at: instantOf(micros) } } as const
    const inPlace = i % (BESIDE + 1) === BESIDE || i === MOMENTS - 1
    const as = inPlace ? {} : { as: `m${i}` }
    const restored = await done(lab, lab.api.restore({ ...db, ...wanted, inPlace, ...as }))
    expect(await asked(lab, inPlace ? 'db' : `m${i}`, rowsIn), round).toEqual(expected)
    await gone(lab, inPlace ? (restored.output as { keptAs: string }).keptAs : `m${i}`)
  }
}

/** Not the newest: a system keeps its own engine up to date, and pgBackRest, where it is, would keep the lineage of that. */
const versions = [
  [13, 22],
  [14, 22],
  [15, 17],
  [16, 13],
  [17, 9],
  [18, 3],
] as const

test.each(versions)(
  'Postgres %i.%i under constant writes, kept by copies: a restore to any past moment has exactly the rows that were committed then',
  async (major, minor) => {
    await using lab = await openLab()
    await lab.startDaemon()
    await restoreToMoments(lab, { version: { major, minor } }, 'copy', major * 7919)
  },
)

test.skipIf(!program)(
  'Postgres under constant writes, kept by pgBackRest: a restore to any past moment has exactly the rows that were committed then',
  async () => {
    await using lab = await openLab()
    await lab.startDaemon()
    const { major, minor } = await postgresFor(program!)
    const storage = { type: 'posix', path: join(lab.root, 'repository') } as const
    await lab.api.addRepository({
      name: 'near',
      project: 'shop',
      storage,
      asynchronous: false,
      replace: false,
    })
    const backups = { ...defaultBackupPolicy, repository: 'near' }
    await restoreToMoments(lab, { version: { major, minor }, backups }, 'pgbackrest', 7919)
  },
)
