import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Backup } from '../../src/contract/backup.ts'
import type { RecoveryTarget } from '../../src/contract/target.ts'
import { findTransaction } from '../../src/core/wal/find-transaction.ts'
import { formatLsn } from '../../src/core/wal/lsn.ts'
import { planRecovery, type FoundTarget } from '../../src/core/wal/plan-recovery.ts'
import { type IndexedSegment, walRanges } from '../../src/core/wal/ranges.ts'
import type { SegmentTail } from '../../src/core/wal/record-assembly.ts'
import { readSegment } from '../../src/core/wal/read-segment.ts'
import type { Holdings } from '../../src/core/wal/stretches.ts'
import type { ProcessIdentity } from '../../src/system/processes.ts'
import type { Sql } from '../../src/system/tools/postgres.ts'
import { WalServer, SEGMENT_BYTES } from '../support/lab/wal-server.ts'
import { until } from '../support/lab/until.ts'

/** What planRecovery tells Postgres to do, done by a real one. */
let server: WalServer
let sql: Sql
let running: ProcessIdentity
/** Of each row: the clock after its commit, and its transaction. */
const rows = new Map<number, { after: string; xid: string; lsn: string }>()
const backups: Backup[] = []

beforeAll(async () => {
  server = await WalServer.create([])
  ;({ sql, process: running } = await server.start())
  await sql.exec('create table t (n int)')
  await insert(1)
  await backUp('first')
  await insert(2)
  await insert(3)
  await sql.exec(`select pg_create_restore_point('twice')`)
  await insert(4)
  await backUp('second')
  await insert(5)
  await sql.exec(`select pg_create_restore_point('twice')`)
  await insert(6)
  await archiveAll()
})

afterAll(async () => server?.[Symbol.asyncDispose]())

async function insert(n: number): Promise<void> {
  const [row] = await sql.query<{ xid: string }>(
    'insert into t values ($1) returning pg_current_xact_id()::text as xid',
    [n],
  )
  const [now] = await sql.query<{ at: Date; lsn: string }>(
    `select clock_timestamp() + interval '1 ms' as at, pg_current_wal_lsn()::text as lsn, pg_sleep(0.003)`,
  )
  rows.set(n, { after: now!.at.toISOString(), xid: row!.xid, lsn: now!.lsn })
}

async function backUp(name: string): Promise<void> {
  const startedAt = new Date().toISOString()
  const places = await server.copyRunning(sql, name)
  const finishedAt = new Date(Date.now() + 1).toISOString()
  backups.push({ ...aBackup(name), startedAt, finishedAt, ...places })
}

const aBackup = (name: string) => ({
  id: `20261120-150000-${name}`,
  lineage: 'abcdef',
  engine: 'copy' as const,
  kind: 'full' as const,
  timeline: 1,
  version: '16.14',
  sizeBytes: 1,
  cold: false,
})

/** Has the server hand over what it wrote, and waits for it. */
async function archiveAll(): Promise<void> {
  const [current] = await sql.query<{ name: string }>(
    'select pg_walfile_name(pg_current_wal_lsn()) as name',
  )
  await sql.exec('select pg_switch_wal()')
  await until('the segment is archived', async () => (await segments()).has(current?.name ?? ''))
}

const segments = (): Promise<Map<string, Uint8Array>> => server.segments()

/** What the archive has now, the way an index of it says it. */
async function holdings(of = backups): Promise<Holdings & { now: string }> {
  let previousTail: SegmentTail | undefined
  const index: IndexedSegment[] = [...(await segments())].map(([segment, bytes]) => {
    const { facts, tail } = readSegment(bytes, { crc: true, name: segment, previousTail })
    previousTail = tail
    return { ...facts, segment }
  })
  const ranges = walRanges(index, SEGMENT_BYTES)
  const now = new Date().toISOString()
  const lastCommitAt = ranges.at(-1)?.lastCommitAt
  const archive = { ranges, completeUntil: now, ...(lastCommitAt ? { lastCommitAt } : {}) }
  return { backups: of, archive, segmentBytes: SEGMENT_BYTES, now }
}

/** The rows that a recovery with these settings brings back. */
async function recovered(plan: { backup: Backup; settings: Record<string, string> }) {
  const name = plan.backup.id.slice('20261120-150000-'.length)
  const query = 'select array_agg(n order by n) as rows, pg_is_in_recovery() as recovering from t'
  const [row] = await server.recover<{ rows: number[]; recovering: boolean }>(
    name,
    plan.settings,
    query,
  )
  expect(row?.recovering).toBe(false)
  return { from: name, rows: row?.rows.join() }
}

const plan = async (target: RecoveryTarget, found?: FoundTarget) =>
  planRecovery({ ...(await holdings()), target, found })

test('a time brings back what was committed by then', async () => {
  const to = async (n: number) => recovered(await plan({ kind: 'time', at: rows.get(n)!.after }))
  expect(await to(2)).toEqual({ from: 'first', rows: '1,2' })
  expect(await to(5)).toEqual({ from: 'second', rows: '1,2,3,4,5' })
})

test('a transaction and a place are the last that come back', async () => {
  const { xid, lsn } = rows.get(3)!
  const found = [...(await segments()).values()].flatMap((b) => findTransaction(b, xid).found ?? [])
  const byXid = await plan({ kind: 'xid', xid }, { present: true, ...found[0] })
  expect(await recovered(byXid)).toEqual({ from: 'first', rows: '1,2,3' })
  expect(await recovered(await plan({ kind: 'lsn', lsn }))).toEqual({
    from: 'first',
    rows: '1,2,3',
  })
})

test('of a restore point that was named twice, the one that was found comes back', async () => {
  let previousTail: SegmentTail | undefined
  const points = [...(await segments()).values()].flatMap((bytes) => {
    const { facts, tail } = readSegment(bytes, { crc: true, previousTail })
    previousTail = tail
    return facts?.restorePoints ?? []
  })
  expect(points.map(({ name }) => name)).toEqual(['twice', 'twice'])
  const target = { kind: 'name', name: 'twice' } as const
  const to = async (n: number) => recovered(await plan(target, { present: true, ...points[n] }))
  expect(await to(0)).toEqual({ from: 'first', rows: '1,2,3' })
  expect(await to(1)).toEqual({ from: 'second', rows: '1,2,3,4,5' })
})

test('a backup comes back as it was when it was whole', async () => {
  const { id } = backups[0]!
  expect(await recovered(await plan({ kind: 'backup', id }))).toEqual({ from: 'first', rows: '1' })
})

test('a time after the last commit takes in nothing that is committed while it is planned and done', async () => {
  const at = new Date().toISOString()
  const planned = await plan({ kind: 'time', at })
  await insert(7)
  await archiveAll()
  expect(await recovered(planned)).toEqual({ from: 'second', rows: '1,2,3,4,5,6' })
  expect(await recovered(await plan({ kind: 'latest' }))).toEqual({
    from: 'second',
    rows: '1,2,3,4,5,6,7',
  })
})

test('before a hole everything up to it comes back, and what lies in it is refused', async () => {
  for (const n of [8, 9, 10]) {
    await insert(n)
    await archiveAll()
  }
  const [, lost] = [...(await segments()).keys()].toReversed()
  await rm(join(server.archive, lost!))
  expect(await recovered(await plan({ kind: 'latest' }))).toEqual({
    from: 'second',
    rows: '1,2,3,4,5,6,7,8',
  })
  await expect(plan({ kind: 'time', at: rows.get(9)!.after })).rejects.toMatchObject({
    code: 'TARGET_OUTSIDE_WINDOW',
    details: { gaps: [{ sentence: expect.stringContaining(lost!) }] },
  })
})

test('the copy of a stopped server comes back as it was, with and without WAL after it', async () => {
  await sql.close()
  await server.stop(running)
  await server.copyStopped('cold')
  // pg_control names the last checkpoint at its byte 32.
  const control = await readFile(join(server.data, 'global/pg_control'))
  const place = formatLsn(control.readBigUInt64LE(32))
  const at = new Date().toISOString()
  const moment = { startedAt: at, finishedAt: at, startLsn: place, stopLsn: place }
  const cold: Backup = { ...aBackup('cold'), ...moment, cold: true }
  backups.push(cold)
  const target = { kind: 'backup', id: cold.id } as const
  const all = { from: 'cold', rows: '1,2,3,4,5,6,7,8,9,10' }
  expect(await recovered(await plan(target))).toEqual(all)
  ;({ sql, process: running } = await server.start())
  await insert(11)
  await archiveAll()
  expect(await recovered(await plan(target))).toEqual(all)
  expect(await recovered(await plan({ kind: 'latest' }))).toEqual({
    ...all,
    rows: `${all.rows},11`,
  })
})
