import { expect, test } from 'vitest'
import type { RestoreWanted } from '../../src/contract/restore.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import {
  committedIn,
  instantOf,
  quietMoment,
  rowsIn,
  withHistory,
  writeAllTheTime,
} from '../support/lab/history.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { randomFrom } from '../support/lab/random.ts'
import { until } from '../support/lab/until.ts'

/** Nine moments of each of six majors: more than fifty in all. */
const MAJORS = [13, 14, 15, 16, 17, 18]
const MOMENTS = 9

async function done(lab: Lab, begun: Promise<{ id: string }>): Promise<void> {
  const { state, error } = await lab.finished(await begun)
  expect([state, error]).toEqual(['done', undefined])
}

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

test.each(MAJORS)(
  'Postgres %i under constant writes: a restore to any past moment has exactly the rows that were committed then',
  async (major) => {
    await using lab = await openLab()
    await lab.startDaemon()
    const desired = project('shop', { version: { major }, settings: withHistory })
    await done(lab, lab.api.upProject(desired))
    const db = { project: 'shop', service: 'db' }
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
    const earliest = BigInt(Date.parse(status?.lineage.window.earliest ?? '')) * 1000n + 1000n
    const restorable = history.filter((row) => row.atMicros > earliest)
    expect(restorable.length).toBeGreaterThan(300)

    const seed = major * 7919
    const random = randomFrom(seed)
    for (let i = 0; i < MOMENTS; i++) {
      const micros = quietMoment(restorable, random())
      const round = `seed ${seed}, moment ${i}: ${instantOf(micros)}`
      const expected = history
        .filter((row) => row.atMicros <= micros)
        .map((row) => row.n)
        .toSorted((a, b) => a - b)
      const target: RestoreWanted['target'] = { kind: 'time', at: instantOf(micros) }
      const inPlace = i === MOMENTS - 1
      const as = inPlace ? {} : { as: `m${i}` }
      await done(lab, lab.api.restore({ ...db, target, inPlace, ...as }))
      const name = inPlace ? 'db' : `m${i}`
      expect(await asked(lab, name, rowsIn), round).toEqual(expected)
      if (!inPlace) {
        await done(
          lab,
          lab.api.downProject({ project: 'shop', services: [name], finalSnapshot: 'none' }),
        )
      }
    }
  },
)
