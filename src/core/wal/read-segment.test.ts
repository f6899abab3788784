import { describe, expect, test } from 'vitest'
import { formatLsn } from './lsn.ts'
import type { SegmentTail } from './record-assembly.ts'
import { type ReadSegment, readSegment } from './read-segment.ts'
import { PAGE_BYTES, WalWriter } from './wal-writer.suite.ts'

/** Reads segments in order, each with the tail of the one before. */
function readAll(writer: WalWriter, options = { crc: true }): ReadSegment[] {
  let previousTail: SegmentTail | undefined
  return [...writer.segments()].map(([name, bytes]) => {
    const read = readSegment(bytes, { ...options, name, previousTail })
    previousTail = read.tail
    return read
  })
}

const only = (writer: WalWriter): Uint8Array => [...writer.segments().values()][0]!

test('a segment tells its commits, restore points and where it was left', () => {
  const writer = new WalWriter()
  writer.filler(9000)
  writer.commit('2026-11-20T15:00:02.000Z', 10)
  writer.abort('2026-11-20T15:00:09.000Z', 11)
  const second = writer.commit('2026-11-20T15:00:01.000Z', 12)
  const point = writer.restorePoint('2026-11-20T15:00:03.000Z', 'before migration ü')
  const left = writer.switch()
  expect(readSegment(only(writer), { crc: true, name: '000000010000000000000001' })).toEqual({
    followsLsn: '0/FFFF8',
    facts: {
      timeline: 1,
      systemIdentifier: '7700000000000000001',
      segmentBytes: 2 ** 20,
      major: 16,
      startLsn: '0/100000',
      endLsn: '0/200000',
      lastRecordLsn: formatLsn(left),
      complete: true,
      skippedFirst: false,
      commits: 2,
      firstCommitAt: '2026-11-20T15:00:01.000000Z',
      lastCommitAt: '2026-11-20T15:00:02.000000Z',
      lastCommitLsn: formatLsn(second),
      restorePoints: [
        { name: 'before migration ü', at: '2026-11-20T15:00:03.000000Z', lsn: formatLsn(point) },
      ],
      switchedAt: formatLsn(left),
    },
  })
})

test('a commit that the end of a segment cuts anywhere is counted once, where it ends', () => {
  for (let leftBytes = 8; leftBytes <= 48; leftBytes += 8) {
    const writer = new WalWriter()
    writer.commit('2026-11-20T15:00:00.000Z', 1)
    writer.fillUpTo(leftBytes)
    writer.commit('2026-11-20T15:00:01.000Z', 2)
    writer.commit('2026-11-20T15:00:02.000Z', 3)
    const reads = readAll(writer)
    expect(reads.map(({ problem }) => problem)).toEqual([undefined, undefined])
    // A commit has 34 bytes, and the next record begins at a multiple of 8.
    expect(reads.map(({ facts }) => facts?.commits)).toEqual(leftBytes < 40 ? [1, 2] : [2, 1])
    const cut = leftBytes < 40 ? '2026-11-20T15:00:01.000000Z' : '2026-11-20T15:00:02.000000Z'
    expect(reads[1]?.facts?.firstCommitAt).toBe(cut)
    expect(reads[0]?.tail === undefined).toBe(leftBytes === 40)
  }
})

test('without the tail of the segment before, the rest of its record is skipped, and that is said', () => {
  const writer = new WalWriter()
  writer.fillUpTo(16)
  writer.commit('2026-11-20T15:00:01.000Z', 2)
  writer.commit('2026-11-20T15:00:02.000Z', 3)
  const [, bytes] = [...writer.segments().values()]
  const { facts, problem } = readSegment(bytes!, { crc: true })
  expect(problem).toBeUndefined()
  expect(facts).toMatchObject({ skippedFirst: true, commits: 1 })
  expect(facts?.firstCommitAt).toBe('2026-11-20T15:00:02.000000Z')
})

test('a record that is larger than a segment is followed through all of them', () => {
  const writer = new WalWriter()
  writer.commit('2026-11-20T15:00:01.000Z', 1)
  const large = writer.filler(2_500_000)
  writer.commit('2026-11-20T15:00:02.000Z', 2)
  writer.switch()
  const reads = readAll(writer)
  expect(reads.map(({ facts }) => facts?.commits)).toEqual([1, 0, 1])
  expect(reads.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined])
  expect(reads[1]?.facts).toMatchObject({ complete: true })
  expect(reads[1]?.facts?.lastRecordLsn).toBeUndefined()
  expect(reads[1]?.tail).toMatchObject({ lsn: large, totalBytes: 2_500_000 })
  expect(reads[1]?.tail?.head.length).toBeLessThan(100)
})

test('the checksum of a record over several segments is of all of them', () => {
  const writer = new WalWriter()
  const large = writer.filler(2_500_000)
  writer.commit('2026-11-20T15:00:02.000Z', 2)
  const segments = [...writer.segments().values()]
  segments[1]![5000]! ^= 1
  const [, , last] = readAll(writer)
  expect(last?.problem).toBe(
    `the record at ${formatLsn(large)} does not have the checksum that it was written with`,
  )
  expect(readAll(writer, { crc: false })[2]?.problem).toBeUndefined()
})

test('the segment that a server still writes ends without a problem, and is not complete', () => {
  const writer = new WalWriter()
  writer.filler(9000)
  const last = writer.commit('2026-11-20T15:00:01.000Z', 1)
  const expected = {
    facts: { complete: false, commits: 1, lastRecordLsn: formatLsn(last) },
  }
  const { facts, problem } = readSegment(only(writer), { crc: true })
  expect({ facts, problem }).toMatchObject({ ...expected, problem: undefined })
  // A file that was another segment before still has its pages.
  const recycled = new WalWriter({ startLsn: 0x900000n })
  recycled.fillUpTo(8)
  const old = only(recycled)
  old.set(only(writer).subarray(0, 2 * PAGE_BYTES))
  expect(readSegment(old, { crc: true })).toMatchObject({ ...expected })
})

test('where a crash gave a record up, reading goes on with the page that says so', () => {
  const writer = new WalWriter()
  const before = writer.commit('2026-11-20T15:00:01.000Z', 1)
  writer.filler(30_000)
  writer.giveUp(0x100000n + 2n * BigInt(PAGE_BYTES), before)
  writer.record(0, 0xd0)
  writer.commit('2026-11-20T15:00:02.000Z', 2)
  writer.switch()
  expect(readAll(writer)).toMatchObject([{ facts: { commits: 2, complete: true } }])
  expect(readAll(writer)[0]?.problem).toBeUndefined()
})

test('a record that a crash gave up at the end of a segment is no problem of the next', () => {
  const writer = new WalWriter()
  const before = writer.commit('2026-11-20T15:00:01.000Z', 1)
  writer.filler(1_100_000)
  writer.giveUp(0x200000n, before)
  writer.commit('2026-11-20T15:00:02.000Z', 2)
  const [first, second] = readAll(writer)
  expect(first).toMatchObject({ facts: { complete: true, commits: 1 }, tail: { timeline: 1 } })
  expect(second).toMatchObject({ facts: { commits: 1 } })
  expect(second?.problem).toBeUndefined()
})

test('a timeline that branches off begins its segment with pages of the old one', () => {
  const writer = new WalWriter()
  writer.filler(9000)
  writer.timeline = 2
  writer.filler(9000)
  writer.switch()
  const [[name, bytes]] = [...writer.segments()] as [[string, Uint8Array]]
  expect(name).toBe('000000020000000000000001')
  expect(readSegment(bytes, { crc: true, name })).toMatchObject({ facts: { timeline: 2 } })
  expect(readSegment(bytes, { crc: true, name: '000000010000000000000001' }).problem).toBe(
    'the page at 0/104000 is of timeline 2, not 1',
  )
})

test('another segment, server or length than was asked for is a problem', () => {
  const writer = new WalWriter()
  writer.switch()
  const bytes = only(writer)
  const read = (options: object, b = bytes): ReadSegment =>
    readSegment(b, { crc: true, ...options })
  expect(read({ name: '000000010000000000000002' })).toEqual({
    problem: 'the segment at 0/100000 cannot be 000000010000000000000002',
  })
  expect(read({ systemIdentifier: '1' })).toEqual({
    problem: 'the segment at 0/100000 is of the server 7700000000000000001, not 1',
  })
  expect(read({}, bytes.subarray(0, 5000))).toEqual({
    problem: 'the segment at 0/100000 has 5000 bytes, not 1048576',
  })
  expect(read({}, new Uint8Array(2 ** 20))).toEqual({
    problem: 'no WAL segment: it begins with 0x0, which no WAL of Postgres 12 to 18 does',
  })
  expect(read({}, new Uint8Array(10))).toEqual({ problem: 'no WAL segment: it has 10 bytes only' })
})

describe('one bit that is wrong', () => {
  const writer = new WalWriter()
  const first = writer.filler(200)
  const middle = writer.commit('2026-11-20T15:00:01.000Z', 1, new Uint8Array(60))
  const crossing = (writer.filler(7800), writer.filler(500))
  writer.commit('2026-11-20T15:00:02.000Z', 2)
  writer.switch()
  const sound = only(writer)

  test.each([
    ['the first record', first, 200],
    ['a commit', middle, 24 + 2 + 68],
    ['a record over two pages', crossing, 500],
  ])('anywhere in %s is found, and its LSN is named', (_, lsn, sizeBytes) => {
    const start = Number(lsn) - 0x100000
    for (let offset = 0; offset < sizeBytes; offset++) {
      let at = start + offset
      // The header of the second page is not part of the record.
      if (start < PAGE_BYTES && at >= PAGE_BYTES) at += 24
      const bytes = sound.slice(0)
      bytes[at]! ^= 1 << (offset % 8)
      const { facts, problem } = readSegment(bytes, { crc: true })
      expect(problem, `byte ${offset}`).toContain(`the record at ${formatLsn(lsn)} `)
      expect(facts?.complete).toBe(false)
    }
  })

  test('in the header of a page is found', () => {
    for (let offset = 0; offset < 20; offset++) {
      const bytes = sound.slice(0)
      bytes[PAGE_BYTES + offset]! ^= 0x10
      const { facts } = readSegment(bytes, { crc: false, name: '000000010000000000000001' })
      expect(facts?.complete, `byte ${offset}`).toBe(false)
    }
  })

  test('without checksums is found where the chain of records breaks', () => {
    const bytes = sound.slice(0)
    bytes[Number(middle) - 0x100000 + 8]! ^= 1
    expect(readSegment(bytes, { crc: false }).problem).toBe(
      `the record at ${formatLsn(middle)} does not follow the record before, at ${formatLsn(first)}`,
    )
  })
})

test('bytes without any sense are never more than a problem', () => {
  const writer = new WalWriter()
  for (let xid = 1; xid < 2000; xid++) writer.commit('2026-11-20T15:00:01.000Z', xid)
  const sound = only(writer)
  let state = 1
  const random = (below: number): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return (((state >>> 0) * below) / 2 ** 32) | 0
  }
  for (let round = 0; round < 300; round++) {
    const bytes = sound.slice(0)
    const from = random(90_000)
    for (let at = from; at < from + random(64); at++) bytes[at] = random(256)
    expect(readSegment(bytes, { crc: round % 2 === 0 })).toBeDefined()
  }
  const noise = Uint8Array.from({ length: 2 ** 20 }, () => random(256))
  noise.set(sound.subarray(0, 40))
  expect(readSegment(noise, { crc: false }).facts?.complete).toBe(false)
})

test('a clock that was set back is told with its place, and commits at once in another order are not', () => {
  const writer = new WalWriter()
  writer.commit('2026-11-20T15:00:05.000Z', 10)
  writer.commit('2026-11-20T15:00:04.200Z', 11)
  writer.commit('2026-11-20T15:10:00.000Z', 12)
  const after = writer.commit('2026-11-20T14:40:00.000Z', 13)
  writer.commit('2026-11-20T14:41:00.000Z', 14)
  expect(readSegment(only(writer), { crc: true }).facts?.setBacks).toEqual([
    {
      lsn: formatLsn(after),
      from: '2026-11-20T15:10:00.000000Z',
      to: '2026-11-20T14:40:00.000000Z',
    },
  ])
})
