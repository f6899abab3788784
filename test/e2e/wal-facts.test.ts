import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPages, PAGE_BYTES } from '../../src/core/pages/page-checksum.ts'
import { firstBlockOf } from '../../src/core/pages/page-file.ts'
import { findTransaction } from '../../src/core/wal/find-transaction.ts'
import { lsnOf } from '../../src/core/wal/lsn.ts'
import { microsOf } from '../../src/core/wal/postgres-time.ts'
import { walHoles, walRanges } from '../../src/core/wal/ranges.ts'
import type { SegmentTail } from '../../src/core/wal/record-assembly.ts'
import { readSegment, type SegmentFacts } from '../../src/core/wal/read-segment.ts'
import { WalServer, SEGMENT_BYTES } from '../support/lab/wal-server.ts'

/** What the server itself says of each transaction that wrote a row. */
interface Truth {
  readonly xid: string
  readonly micros: string
  readonly what: string
}

let server: WalServer
let segments: Map<string, Uint8Array>
let truth: Truth[]
let systemIdentifier: string
let pointEnd: string

beforeAll(async () => {
  server = await WalServer.create([
    'track_commit_timestamp = on',
    'max_prepared_transactions = 2',
    'wal_level = logical',
  ])
  const { sql, process } = await server.start()
  await sql.exec('create table t (what text, pad text)')
  await sql.exec(`do $$ begin for i in 1..20000 loop
    insert into t values ('one of many', repeat('x', i % 50)); commit; end loop; end $$`)
  await sql.exec(`begin; insert into t values ('top'); savepoint a; insert into t values ('savepoint');
    drop table if exists none; create table made (); commit`)
  await sql.exec(`begin; insert into t values ('prepared'); savepoint b;
    insert into t values ('savepoint of prepared'); drop table made; prepare transaction 'p'`)
  await sql.exec(`commit prepared 'p'`)
  const [point] = await sql.query<{ lsn: string }>(
    `select pg_create_restore_point('with spaces, ü')::text as lsn`,
  )
  pointEnd = point?.lsn ?? ''
  await sql.exec(`begin; insert into t values ('large');
    select pg_logical_emit_message(true, 'x', repeat('0123456789', 300000)); commit`)
  await sql.exec(`begin; insert into t values ('rolled back'); rollback`)
  await sql.exec(`insert into t values ('last')`)
  truth = await sql.query<Truth>(`select xmin::text as xid, what,
    (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text as micros from t`)
  const [id] = await sql.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  )
  systemIdentifier = id?.id ?? ''
  await sql.close()
  // A server that stops hands over the segment that it was writing.
  await server.stop(process)
  segments = await server.segments()
})

afterAll(async () => server?.[Symbol.asyncDispose]())

/** The facts of all segments, read in order. */
function readAll(withTails: boolean): SegmentFacts[] {
  let previousTail: SegmentTail | undefined
  return [...segments].map(([name, bytes]) => {
    const read = readSegment(bytes, { crc: true, name, systemIdentifier, previousTail })
    expect(read.problem).toBeUndefined()
    previousTail = withTails ? read.tail : undefined
    return read.facts!
  })
}

test('every segment of a real server is read to its end, and one begins where the other ends', () => {
  const facts = readAll(true)
  expect(facts.length).toBeGreaterThan(5)
  expect(facts.every(({ complete, major }) => complete && major === 16)).toBe(true)
  expect(facts.at(-1)?.switchedAt).toBeDefined()
  const ranges = walRanges(
    [...segments.keys()].map((segment) => ({ segment })),
    SEGMENT_BYTES,
  )
  expect(ranges).toHaveLength(1)
  expect(walHoles({ ranges, segmentBytes: SEGMENT_BYTES })).toEqual([])
})

test('commits are counted and timed as the server itself does, also those that cross into the next segment', () => {
  const facts = readAll(true)
  const commits = facts.reduce((sum, fact) => sum + fact.commits, 0)
  expect(commits).toBeGreaterThan(20_000)
  const latest = facts
    .flatMap(({ lastCommitAt }) => lastCommitAt ?? [])
    .sort()
    .at(-1)
  const last = truth.find(({ what }) => what === 'last')
  expect(microsOf(latest ?? '')).toBe(Number(last?.micros))
  // Without what the segments before left cut, some are missing: the test has such ones.
  const without = readAll(false).reduce((sum, fact) => sum + fact.commits, 0)
  expect(commits).toBeGreaterThan(without)
})

test('each kind of transaction is found with the time that the server has of it', () => {
  const kinds = new Map(truth.map((row) => [row.what, row]))
  expect([...kinds.keys()].sort().join()).toBe(
    'large,last,one of many,prepared,savepoint,savepoint of prepared,top',
  )
  for (const { xid, micros, what } of kinds.values()) {
    let tail: SegmentTail | undefined
    const found = [...segments.values()].flatMap((bytes) => {
      const looked = findTransaction(bytes, xid, tail)
      tail = looked.tail
      return looked.found ?? []
    })
    expect(found, what).toMatchObject([{ outcome: 'committed' }])
    expect(microsOf(found[0]?.at ?? ''), what).toBe(Number(micros))
  }
})

test('a restore point is there with its name and place', () => {
  const points = readAll(true).flatMap(({ restorePoints }) => restorePoints)
  expect(points).toMatchObject([{ name: 'with spaces, ü' }])
  // The function gives the place behind the record.
  expect(lsnOf(points[0]?.lsn ?? '')).toBe(lsnOf(pointEnd) - 104n)
})

test('every page that a stopped server leaves has its checksum, and none after a bit was changed', async () => {
  let pages = 0
  for (const path of await readdir(server.data, { recursive: true })) {
    const first = firstBlockOf(path)
    if (first === undefined) continue
    const bytes = await readFile(join(server.data, path))
    pages += bytes.length / PAGE_BYTES
    expect(checkPages(bytes, first), path).toEqual([])
    if (bytes.length < PAGE_BYTES || bytes.readUInt16LE(14) === 0) continue
    bytes[5000]! ^= 4
    expect(checkPages(bytes, first), path).toHaveLength(1)
  }
  expect(pages).toBeGreaterThan(1000)
})
