import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ArchivingHome,
  openArchivingHome,
  type RawServer,
} from '../../test/support/lab/archiving-home.ts'
import { until } from '../../test/support/lab/until.ts'
import type { Archive, Backup } from '../contract/backup.ts'
import type { LineageDocument } from '../contract/documents/lineage.ts'
import type { DataSource } from '../contract/documents/member.ts'
import type { Engine } from '../contract/engine.ts'
import { nextSegment } from '../core/wal/segment-name.ts'
import type { Watch } from '../drivers/driver.ts'
import type { BackupEngine } from './backup-engine.ts'

/** An engine under test, and what only its maker knows of it. */
export interface EngineUnderTest {
  readonly kind: BackupEngine['kind']
  open(home: ArchivingHome): Promise<BackupEngine> | BackupEngine
  /** Makes the data of a new server from what the engine names, as the agent does. */
  fill(home: ArchivingHome, source: DataSource, directory: string): Promise<void>
  /** Takes a segment out of the repository, and gives what puts it back. */
  takeAway(lineage: LineageDocument, segment: string): Promise<() => Promise<void>>
}

/** A watch that nobody aborts, with what was reported. */
export function watching(): Watch & { readonly reports: string[] } {
  const reports: string[] = []
  return {
    signal: new AbortController().signal,
    report: (text) => void reports.push(text),
    reports,
  }
}

/** What every way to keep a lineage must do, on a real server that archives by itself. The tests build on one another. */
export function backupEngineSuite(postgres: () => Promise<Engine>, tested: EngineUnderTest): void {
  let home: ArchivingHome
  let engine: BackupEngine
  let lineage: LineageDocument
  let server: RawServer
  let first: Backup
  let restored = 0

  beforeAll(async () => {
    home = await openArchivingHome(await postgres())
    engine = await tested.open(home)
    server = home.server('original')
    lineage = home.lineage(tested.kind, 'abc123def')
    await server.init(engine.archiving(lineage, home.engine))
    lineage = { ...lineage, systemIdentifier: await server.systemIdentifier() }
    await engine.prepare(lineage, server.member)
    await server.start()
    await server.sql(
      'create table t (n integer primary key, at timestamptz default clock_timestamp())',
    )
  }, 120_000)
  afterAll(() => home?.[Symbol.asyncDispose]())

  const version = (): string => `${home.engine.major}.${home.engine.minor}`
  const insert = (n: number) => server.sql(`insert into t (n) values (${n})`)
  const rowsOf = (of: RawServer) => of.ask('select string_agg(n::text, $$,$$ order by n) from t')
  const backup = (
    id: string,
    more: Partial<Parameters<BackupEngine['backup']>[1]> = {},
    watch: Watch = watching(),
  ) =>
    engine.backup(
      lineage,
      { id, member: server.member, cold: false, kind: 'full', version: version(), ...more },
      watch,
    )
  const archive = () => engine.archive(lineage, server.member)

  /** Ends the segment that the server writes, and waits until the archive has it. */
  async function switched(): Promise<Archive> {
    const name = await server.ask('select pg_walfile_name(pg_switch_wal())')
    return until(`${name} to be archived`, async () => {
      const seen = await archive()
      return seen.ranges.some(({ last }) => last >= name) && seen
    })
  }

  /** A new server from a backup, at the end of its recovery. */
  async function restore(from: Backup, target: Record<string, string> = {}): Promise<RawServer> {
    const copy = home.server(`restored${++restored}`)
    const source = await engine.source(lineage, from, { durable: false })
    await tested.fill(home, source, copy.data)
    await copy.recover(await engine.restoreCommand(lineage), target)
    return copy
  }

  /** The rows that a restore gives. */
  async function rowsAt(from: Backup, target: Record<string, string> = {}): Promise<string> {
    const copy = await restore(from, target)
    try {
      return await rowsOf(copy)
    } finally {
      await copy.stop('SIGQUIT')
    }
  }

  test('a new lineage has no backup, and what it is can be read in its folder', async () => {
    expect(await engine.backups(lineage)).toEqual([])
    await engine.describe(lineage)
    await engine.describe({ ...lineage, provenAt: '2026-02-03T04:05:06.000Z' })
    const found = await engine.discover(join(home.home, 'lineages'))
    expect(found).toEqual([{ ...lineage, provenAt: '2026-02-03T04:05:06.000Z' }])
    expect(await engine.discover(lineage.directory)).toEqual(found)
    expect(await engine.discover(join(home.home, 'nowhere'))).toEqual([])
  })

  test('the server archives by itself, and all that it finished is taken in', async () => {
    await insert(1)
    const committedBy = new Date()
    const seen = await switched()
    expect(seen).toMatchObject({
      lineage: lineage.id,
      backlog: { segments: 0, bytes: 0 },
      problems: [],
    })
    expect(seen.ranges).toHaveLength(1)
    expect(seen.segments).toBeGreaterThan(0)
    expect(seen.storedBytes).toBeGreaterThan(0)
    expect(Date.parse(seen.completeUntil ?? '')).toBeGreaterThan(0)
    const later = await until('all to be archived', async () => {
      const now = await archive()
      return Date.parse(now.completeUntil ?? '') >= committedBy.getTime() && now
    })
    expect(later.problems).toEqual([])
  })

  test('a backup tells where it stands, and asked for once more it is the same', async () => {
    const asked = watching()
    first = await backup('20260102-030405-aaa', {}, asked)
    expect(first).toMatchObject({
      lineage: lineage.id,
      engine: tested.kind,
      kind: 'full',
      timeline: 1,
      version: version(),
      cold: false,
    })
    expect(first.startLsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
    expect(first.sizeBytes).toBeGreaterThan(10_000_000)
    expect(first.startedAt <= first.finishedAt).toBe(true)
    expect(first.damage).toBeUndefined()
    expect(asked.reports.length).toBeGreaterThan(0)
    expect(await backup(first.id)).toEqual(first)
    expect(await engine.backups(lineage)).toEqual([first])
  })

  test('without a target, a restore has all that was archived', async () => {
    await insert(2)
    await switched()
    expect(await rowsAt(first)).toBe('1,2')
    expect(await rowsOf(server)).toBe('1,2')
  })

  test('a restore stops at a moment, before the first later commit', async () => {
    await insert(3)
    const between = await server.ask('select clock_timestamp()::text')
    await insert(4)
    await switched()
    expect(await rowsAt(first, { recovery_target_time: between })).toBe('1,2,3')
    const at = new Date(between).toISOString()
    expect(await engine.find(lineage, { kind: 'time', at })).toMatchObject({ present: true })
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const none = await engine.find(lineage, { kind: 'time', at: later })
    expect(none.present).toBe(false)
    expect(Date.parse(none.lastCommitAt ?? '')).toBeGreaterThanOrEqual(Date.parse(at))
  })

  test('a restore stops at a named point, which is found with its place', async () => {
    const lsn = await server.ask(`select pg_create_restore_point('before the end')`)
    await insert(5)
    await switched()
    expect(await rowsAt(first, { recovery_target_name: 'before the end' })).toBe('1,2,3,4')
    const found = await engine.find(lineage, { kind: 'name', name: 'before the end' })
    expect(found.present).toBe(true)
    // The function gives the record's end, the archive its beginning.
    const behind = await server.ask(
      `select '${lsn}'::pg_lsn - '${found.lsn}'::pg_lsn between 1 and 200`,
    )
    expect(behind).toBe('true')
    expect(await engine.find(lineage, { kind: 'name', name: 'no such point' })).toEqual({
      present: false,
    })
  })

  test('a restore stops after a transaction, which is found by its number', async () => {
    const xid = await server.ask('insert into t (n) values (6) returning txid_current()::text')
    await insert(7)
    await switched()
    expect(await rowsAt(first, { recovery_target_xid: xid })).toBe('1,2,3,4,5,6')
    const found = await engine.find(lineage, { kind: 'xid', xid })
    expect(found).toMatchObject({ present: true })
    expect(Date.parse(found.at ?? '')).toBeGreaterThan(0)
    const unused = String(BigInt(xid) + 1_000_000n)
    expect(await engine.find(lineage, { kind: 'xid', xid: unused })).toMatchObject({
      present: false,
    })
  })

  test('what is sound is verified without a finding', async () => {
    const asked = watching()
    expect(await engine.verify(lineage, first, asked)).toEqual([])
    expect(asked.reports.length).toBeGreaterThan(0)
  })

  test('WAL that is missing in the middle is named, and ends a recovery by an error, not early', async () => {
    const before = (await archive()).ranges.at(-1)?.last ?? ''
    await insert(8)
    await switched()
    await insert(9)
    const { ranges } = await switched()
    const middle = nextSegment(before, lineage.walSegmentBytes)
    expect((ranges.at(-1)?.last ?? '') > middle).toBe(true)
    const putBack = await tested.takeAway(lineage, middle)
    // Of no server: one that runs may still have the file, and give it again.
    const { problems } = await engine.archive(lineage, undefined)
    expect(problems).toContainEqual(expect.objectContaining({ kind: 'lost', segment: middle }))
    const found = await engine.verify(lineage, first, watching())
    expect(found).toContainEqual(expect.objectContaining({ where: middle, kind: 'missing' }))
    await expect(restore(first)).rejects.toThrow(middle)
    await putBack()
    expect(await rowsAt(first)).toBe('1,2,3,4,5,6,7,8,9')
    expect((await archive()).problems).toEqual([])
  })

  test('a backup that is cancelled leaves nothing', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const asked = engine.backup(
      lineage,
      {
        id: '20260102-030406-bbb',
        member: server.member,
        cold: false,
        kind: 'full',
        version: version(),
      },
      { signal: stop.signal, report: () => stop.abort(reason) },
    )
    await expect(asked).rejects.toThrow()
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([first.id])
    const still = await server.ask('select count(*) from pg_replication_slots')
    expect(still).toBe('0')
  })

  test('a stopped server is backed up without starting it', async () => {
    await insert(10)
    await server.stop()
    const cold = await backup('20260102-040405-ccc', { cold: true, name: 'kept' })
    expect(cold).toMatchObject({ cold: true, name: 'kept' })
    await server.start()
    await insert(11)
    await switched()
    expect(await rowsAt(cold, { recovery_target: 'immediate' })).toMatch(/^1,.*,10(,11)?$/)
    expect(await rowsAt(cold)).toBe('1,2,3,4,5,6,7,8,9,10,11')
    expect(await engine.verify(lineage, cold, watching())).toEqual([])
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([first.id, cold.id])
  })

  test('what no kept backup needs is pruned, and the others still restore', async () => {
    const last = await backup('20260102-050405-ddd')
    await insert(12)
    await switched()
    const before = await archive()
    for (const old of (await engine.backups(lineage)).slice(0, -1))
      await engine.remove(lineage, old)
    expect(await engine.backups(lineage)).toEqual([last])
    const pruned = await engine.pruneWal(lineage, last)
    expect(pruned.segments).toBeGreaterThan(0)
    const after = await archive()
    expect(after.segments).toBe(before.segments - pruned.segments)
    expect(after.problems).toEqual([])
    expect(await engine.pruneWal(lineage, last)).toEqual({ segments: 0, bytes: 0 })
    expect(await rowsAt(last)).toBe('1,2,3,4,5,6,7,8,9,10,11,12')
  })

  test('what a killed server did not archive is taken from its own files, to its last commit', async () => {
    await insert(13)
    await server.stop('SIGKILL')
    const rest = await engine.archiveRest(lineage, server.member)
    expect(rest).toEqual({ archive: expect.objectContaining({ problems: [] }) as unknown })
    expect(await rowsAt((await engine.backups(lineage))[0]!)).toMatch(/^1,.*,12,13$/)
  })

  test('a removed lineage is gone, and once more is no error', async () => {
    await server.stop()
    await engine.removeLineage(lineage)
    await engine.removeLineage(lineage)
    expect(await engine.discover(join(home.home, 'lineages'))).toEqual([])
  })
}
