import { expect, test } from 'vitest'
import { commitsAround } from './commits-around.ts'
import { findTransaction } from './find-transaction.ts'
import { formatLsn } from './lsn.ts'
import type { SegmentTail } from './record-assembly.ts'
import { WalWriter } from './wal-writer.suite.ts'

const words = (...numbers: readonly number[]): Uint8Array =>
  new Uint8Array(new Uint32Array(numbers).buffer)

/** Looks through segments in order. */
function find(writer: WalWriter, xid: string): ReturnType<typeof findTransaction>['found'] {
  let tail: SegmentTail | undefined
  for (const bytes of writer.segments().values()) {
    const looked = findTransaction(bytes, xid, tail)
    if (looked.found) return looked.found
    tail = looked.tail
  }
  return undefined
}

const at = '2026-11-20T15:00:01.000000Z'

test('a transaction is found by its number, with its time and place', () => {
  const writer = new WalWriter()
  writer.commit('2026-11-20T15:00:00.000Z', 7)
  const lsn = formatLsn(writer.commit('2026-11-20T15:00:01.000Z', 8))
  expect(find(writer, '8')).toEqual({ xid: '8', outcome: 'committed', at, lsn })
  expect(find(writer, '9')).toBeUndefined()
  // pg_current_xact_id() counts on when the 32 bits have been used up.
  expect(find(writer, String(3n * 2n ** 32n + 8n))).toMatchObject({ xid: '8' })
})

test('one that was rolled back is found as such', () => {
  const writer = new WalWriter()
  writer.abort('2026-11-20T15:00:01.000Z', 8)
  expect(find(writer, '8')).toMatchObject({ outcome: 'aborted', at })
})

test('a savepoint leads to its transaction, a prepared one to its commit', () => {
  const writer = new WalWriter()
  // Flags: a database, children, dropped relations, messages, a prepared transaction; each with what it announces.
  const flags = 0x1 | 0x2 | 0x4 | 0x8 | 0x10
  const rest = [flags, 5, 1663, 2, 101, 102, 1, 1663, 5, 16384, 1, 0, 0, 0, 0, 100]
  writer.commit('2026-11-20T15:00:01.000Z', 0, words(...rest))
  expect(find(writer, '102')).toMatchObject({ xid: '100', at })
  expect(find(writer, '100')).toMatchObject({ xid: '100', at })
  expect(find(writer, '16384')).toBeUndefined()
})

test('counts that the record has no room for are not believed', () => {
  const writer = new WalWriter()
  writer.commit('2026-11-20T15:00:01.000Z', 8, words(0x2 | 0x4 | 0x10, 0xffffffff, 9))
  expect(find(writer, '9')).toMatchObject({ xid: '8' })
})

test('one whose record goes over into the next segment is found there', () => {
  const writer = new WalWriter()
  writer.fillUpTo(16)
  const lsn = formatLsn(writer.commit('2026-11-20T15:00:01.000Z', 8))
  expect(find(writer, '8')).toEqual({ xid: '8', outcome: 'committed', at, lsn })
})

test('the commits around a moment are those between which Postgres stops', () => {
  const writer = new WalWriter()
  const places = [1, 3, 2, 5].map((second) =>
    formatLsn(writer.commit(`2026-11-20T15:00:0${second}.000Z`, second)),
  )
  const [bytes] = [...writer.segments().values()]
  const around = (second: number): object =>
    commitsAround(bytes!, `2026-11-20T15:00:0${second}.000Z`)
  expect(around(0)).toMatchObject({ after: { lsn: places[0] } })
  expect(around(0)).not.toHaveProperty('before')
  // It stops at the first that is later, and does not come to the third, whose clock was behind.
  expect(around(2)).toMatchObject({ before: { lsn: places[0] }, after: { lsn: places[1] } })
  expect(around(3)).toMatchObject({ before: { lsn: places[2] }, after: { lsn: places[3] } })
  expect(around(5)).toMatchObject({ before: { lsn: places[3] } })
  expect(around(5)).not.toHaveProperty('after')
})
