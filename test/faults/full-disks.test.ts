import { readdir, readFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import { ArchiveDocument } from '../../src/contract/documents/lineage.ts'
import type { Event } from '../../src/contract/operation.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { sizeOfTree } from '../../src/system/files.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { archiveSegment } from '../support/lab/admin.ts'
import { db, done } from '../support/lab/drilled.ts'
import {
  type Committed,
  committedIn,
  instantOf,
  quietMoment,
  rowsIn,
  withHistory,
  writeAllTheTime,
} from '../support/lab/history.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { canMountFiles, mountSmallDisk } from '../support/lab/small-disk.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { type Stored, storedIn, under } from '../support/lab/stored.ts'
import { until } from '../support/lab/until.ts'

const MIB = 1024 * 1024

const isCi = process.env['CI'] === 'true' && process.geteuid?.() === 0
test.skipIf(!isCi || process.platform !== 'linux')('a file can be mounted as a disk here', () => {
  expect(canMountFiles).toBe(true)
})

const eventsOf = async (lab: Lab, kind: string): Promise<Event[]> =>
  (await lab.api.listEvents({ limit: 1000 })).filter((event) => event.kind === kind)

const archiveOf = async (lab: Lab) => (await lab.api.listBackups(db))[0]!.lineage

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

/** The names of finished WAL files that wait to be archived. */
async function waitingIn(dataDirectory: string): Promise<string[]> {
  const notes = await readdir(join(dataDirectory, 'pg_wal', 'archive_status'))
  return notes.filter((name) => name.endsWith('.ready')).map((name) => name.slice(0, -6))
}

/** What the home has noted of the only archive’s backlog. */
function backlogOf(stored: Stored) {
  const [id = ''] = under(stored, 'archives')
  const found = ArchiveDocument.safeParse(stored.get(`archives/${id}`)).data
  return found?.backlog
}

/** Restores to a moment of a history, and expects exactly the rows that were committed by then. */
async function expectMoment(lab: Lab, history: readonly Committed[], micros: bigint, as: string) {
  const target = { kind: 'time', at: instantOf(micros) } as const
  await done(lab, lab.api.restore({ ...db, target, as, inPlace: false }))
  const expected = history.filter((row) => row.atMicros <= micros).map((row) => row.n)
  expect(await asked(lab, as, rowsIn)).toEqual(expected.toSorted((a, b) => a - b))
}

describe.skipIf(!canMountFiles)('on a disk of its own', () => {
  test.concurrent(
    'a full archive disk costs a gap that is told, and neither the database nor a moment outside of the gap',
    async () => {
      await using lab = await openLab()
      await using disk = mountSmallDisk(join(lab.home, 'lineages'), join(lab.root, 'image'), 640)
      await lab.startDaemon()
      const backups = { ...defaultBackupPolicy, backlogBytes: 6 * MIB }
      const spec = { backups, settings: withHistory, initdb: { walSegmentSizeMib: 1 } }
      await done(lab, lab.api.upProject(project('shop', spec)))
      const { dataDirectory } = await lab.api.getInstance(db)
      const writing = await writeAllTheTime(lab, db, 2)
      const admin = await connectTo(lab, db)
      /** Much WAL at once, beside the rows. */
      const churn = () => admin.query('update noise set value = value + 1')
      const wrote = async (rows: number): Promise<void> => {
        const { length } = await rowsIn(admin)
        await until(`${rows} more rows`, async () => (await rowsIn(admin)).length > length + rows)
      }
      await wrote(50)
      await done(lab, lab.api.createBackup(db))
      await wrote(100)
      await archiveSegment(lab, db)

      disk.fillUpTo(0)
      const waiting = async () => (await waitingIn(dataDirectory)).toSorted()
      const first = await until('WAL that waits', async () => {
        await churn()
        return (await waiting())[0]
      })
      const backlog = () => backlogOf(storedIn(lab))
      await until('a backlog that is seen', () => (backlog()?.oldest ?? '') === first)
      // As if it had waited for two minutes.
      const note = join(dataDirectory, 'pg_wal', 'archive_status', `${first}.ready`)
      const longAgo = new Date(Date.now() - 121_000)
      await utimes(note, longAgo, longAgo)
      const [late] = await until('the word that WAL is late', async () => {
        const told = await eventsOf(lab, 'archive-late')
        return told.length > 0 && told
      })
      expect(late).toMatchObject({ severity: 'error', subject: 'shop/db' })
      const [givenUp] = await until('the word that WAL is given up', async () => {
        await churn()
        const told = await eventsOf(lab, 'archive-given-up')
        return told.length > 0 && told
      })
      expect(givenUp).toMatchObject({ severity: 'error', subject: 'shop/db' })
      expect(givenUp?.message).toContain(first)
      // While the disk stays full the database works on, and its WAL stays within bounds.
      await until('what was given up to be gone', async () => {
        await churn()
        const there = await readdir(join(dataDirectory, 'pg_wal'))
        return !there.includes(first)
      })
      await wrote(100)
      const { rows: sizes } = await admin.query<{ bytes: number }>(
        `select 1024 * 1024 * (select setting::int from pg_settings where name = 'max_wal_size') as bytes`,
      )
      const bound = (sizes[0]?.bytes ?? 0) + 3 * backups.backlogBytes
      expect(await sizeOfTree(join(dataDirectory, 'pg_wal'))).toBeLessThan(bound)

      disk.makeRoom()
      const mended = BigInt(Date.now()) * 1000n
      await until('nothing that waits', async () => (await waiting()).length === 0)
      // Only a new base makes what comes now restorable.
      expect((await archiveOf(lab)).problems.map((p) => p.kind)).toContain('given-up')
      await done(lab, lab.api.createBackup(db))
      const newBaseAt = BigInt(Date.now()) * 1000n
      await wrote(100)
      await writing.stop()
      const history = await committedIn(admin)
      await admin.end()

      const { window } = await until('the gap in the window, with its end', async () => {
        const lineage = await archiveOf(lab)
        return lineage.window.gaps[0]?.to !== undefined && lineage
      })
      const [gap] = window.gaps
      expect(gap?.sentence).toContain(first)
      const between = (from: bigint, to: bigint): bigint =>
        quietMoment(
          history.filter((row) => row.atMicros > from && row.atMicros < to),
          0.5,
        )
      const micros = (instant = ''): bigint => BigInt(Date.parse(instant)) * 1000n
      const before = between(micros(window.earliest) + 1000n, micros(gap?.from))
      await expectMoment(lab, history, before, 'before')
      await expectMoment(lab, history, between(newBaseAt, newBaseAt * 2n), 'after')
      const lost = instantOf(between(micros(gap?.from) + 1000n, mended))
      const refusal = await lab.api
        .restore({ ...db, target: { kind: 'time', at: lost }, as: 'inside', inPlace: false })
        .catch((error: unknown) => AppError.from(error))
      expect(refusal).toMatchObject({ code: 'TARGET_OUTSIDE_WINDOW', details: { gaps: [gap] } })
      expect(await faultsOf(lab)).toEqual([])
      await lab.api.stopDaemon({ instances: true })
    },
  )

  test.concurrent(
    'a backup that meets the end of the disk fails by that name, leaves nothing, and costs no older one',
    async () => {
      await using lab = await openLab()
      await using disk = mountSmallDisk(join(lab.home, 'lineages'), join(lab.root, 'image'), 800)
      await lab.startDaemon()
      await done(lab, lab.api.upProject(project('shop')))
      const ledger = new Ledger()
      const client = await connectTo(lab, db)
      await ledger.create(client)
      await ledger.write(client, 10)
      await done(lab, lab.api.createBackup(db))
      await client.query(
        `create table large as select n, md5(n::text) as text from generate_series(1, 1200000) as n`,
      )
      await ledger.write(client, 10)
      const { id, directory } = await archiveOf(lab)
      const bases = () => readdir(join(directory, 'bases'))
      const before = await bases()

      const begun = await lab.api.createBackup(db)
      await until('a half-made base', async () => {
        const part = (await bases()).find((name) => name.endsWith('.part'))
        return part !== undefined && (await sizeOfTree(join(directory, 'bases', part))) > 5 * MIB
      })
      disk.fillUpTo(4096)
      const failed = await lab.finished(begun)
      expect(failed.error?.code).toBe('DISK_FULL')
      expect(await bases()).toEqual(before)
      const [told] = await eventsOf(lab, 'backup-failed')
      expect(told).toMatchObject({ severity: 'error', subject: 'shop/db' })

      // No room is known before the next one begins.
      const next = await lab.finished(await lab.api.createBackup(db))
      expect(next.error?.code).toBe('DISK_FULL')
      expect(await bases()).toEqual(before)
      disk.makeRoom()
      await done(lab, lab.api.verifyBackups({ lineage: id }))
      const target = { kind: 'latest' } as const
      await done(lab, lab.api.restore({ ...db, target, as: 'restored', inPlace: false }))
      expect(await asked(lab, 'restored', (c) => ledger.missingIn(c))).toEqual([])
      await client.end()
      expect(await faultsOf(lab)).toEqual([])
      await lab.api.stopDaemon({ instances: true })
    },
  )

  test.concurrent(
    'a full data disk ends no instance for good: with room again every acknowledged row is there and archiving goes on',
    async () => {
      await using lab = await openLab()
      const place = join(lab.home, 'instances')
      await using disk = mountSmallDisk(place, join(lab.root, 'image'), 640)
      await lab.startDaemon()
      await done(lab, lab.api.upProject(project('shop')))
      const ledger = new Ledger()
      const client = await connectTo(lab, db)
      await ledger.create(client)
      await ledger.write(client, 10)
      await done(lab, lab.api.createBackup(db))
      disk.fillUpTo(0)
      const stopped = await ledger.write(client, Infinity).catch((error: unknown) => error)
      expect(String(stopped)).toMatch(/space left|closed|terminat|shutting down|recovery/i)
      disk.makeRoom()
      // Refused while it recovers: the next look tries again.
      const again = await until('a connection', () => connectTo(lab, db).catch(() => undefined))
      await ledger.write(again, 10)
      expect(await ledger.missingIn(again)).toEqual([])
      await again.end()
      const target = { kind: 'latest' } as const
      await done(lab, lab.api.restore({ ...db, target, as: 'restored', inPlace: false }))
      expect(await asked(lab, 'restored', (c) => ledger.missingIn(c))).toEqual([])
      const log = await readFile((await lab.api.getInstance(db)).logFile, 'utf8')
      expect(log).toContain('No space left on device')
      expect((await archiveOf(lab)).problems).toEqual([])
      expect(await faultsOf(lab)).toEqual([])
      await lab.api.stopDaemon({ instances: true })
    },
  )
})
