import { expect, test } from 'vitest'
import { lsnOf } from './lsn.ts'
import { walHoles, walRanges } from './ranges.ts'

const segmentBytes = 16 * 2 ** 20

/** Names of timeline and number within the first 4 GiB. */
const name = (timeline: number, number: number): string =>
  [timeline, 0, number].map((n) => n.toString(16).toUpperCase().padStart(8, '0')).join('')

const rangesOf = (...names: readonly (readonly [timeline: number, ...numbers: number[]])[]) =>
  walRanges(
    names.flatMap(([timeline, ...numbers]) =>
      numbers.map((number) => ({ segment: name(timeline, number) })),
    ),
    segmentBytes,
  )

test('segments in any order become stretches without a hole', () => {
  expect(rangesOf([1, 5, 3, 4, 9, 4], [2, 10])).toEqual([
    { timeline: 1, first: name(1, 3), last: name(1, 5) },
    { timeline: 1, first: name(1, 9), last: name(1, 9) },
    { timeline: 2, first: name(2, 10), last: name(2, 10) },
  ])
  expect(rangesOf()).toEqual([])
})

test('a stretch goes on over the end of 4 GiB', () => {
  const names = ['0000000100000000000000FE', '0000000100000000000000FF', '000000010000000100000000']
  const segments = names.map((segment) => ({ segment }))
  expect(walRanges(segments, segmentBytes)).toEqual([
    { timeline: 1, first: names[0], last: names[2] },
  ])
})

test('a stretch knows its latest commit, and the last places that any of its segments has', () => {
  const [range] = walRanges(
    [
      {
        segment: name(1, 1),
        lastCommitAt: '2026-11-20T15:00:02.000000Z',
        lastCommitLsn: '0/1000100',
        lastRecordLsn: '0/1000200',
        endLsn: '0/2000000',
      },
      { segment: name(1, 2), lastCommitAt: '2026-11-20T15:00:01.500Z', lastCommitLsn: '0/2000100' },
      { segment: name(1, 3), lastRecordLsn: '0/3000100', endLsn: '0/3000180' },
    ],
    segmentBytes,
  )
  expect(range).toMatchObject({
    lastCommitAt: '2026-11-20T15:00:02.000000Z',
    lastCommitLsn: '0/2000100',
    lastRecordLsn: '0/3000100',
    endLsn: '0/3000180',
  })
})

test('a hole is named by its first and last segment', () => {
  const ranges = rangesOf([1, 3, 4, 8, 10])
  expect(walHoles({ ranges, segmentBytes })).toEqual([
    { timeline: 1, first: name(1, 5), last: name(1, 7), segments: 3 },
    { timeline: 1, first: name(1, 9), last: name(1, 9), segments: 1 },
  ])
})

test('a timeline that branches off within the archive makes no hole', () => {
  // The segment of the switch is written under both names, and what the old timeline has beyond it belongs to nobody.
  const histories = new Map([[2, [{ timeline: 1, switchLsn: lsnOf('0/5000100') }]]])
  for (const ranges of [rangesOf([1, 3, 4], [2, 5, 6]), rangesOf([1, 3, 4, 5, 6], [2, 5, 6])]) {
    expect(walHoles({ ranges, segmentBytes, histories })).toEqual([])
    expect(walHoles({ ranges, segmentBytes })).toEqual([])
  }
})

test('what is missing before or after a branching-off is a hole of that timeline', () => {
  const histories = new Map([[2, [{ timeline: 1, switchLsn: lsnOf('0/6000100') }]]])
  const ranges = rangesOf([1, 3, 4], [2, 8])
  expect(walHoles({ ranges, segmentBytes, histories })).toEqual([
    { timeline: 1, first: name(1, 5), last: name(1, 5), segments: 1 },
    { timeline: 2, first: name(2, 6), last: name(2, 7), segments: 2 },
  ])
})

test('the WAL of an ancestor that another lineage has is not missing', () => {
  const histories = new Map([[2, [{ timeline: 1, switchLsn: lsnOf('0/6000100') }]]])
  expect(walHoles({ ranges: rangesOf([2, 6, 7]), segmentBytes, histories })).toEqual([])
})

test('a clock that was set back between two segments is told once, until it has caught up', () => {
  const clock = (number: number, firstCommitAt: string, lastCommitAt: string) => ({
    segment: name(1, number),
    firstCommitAt: `2026-11-20T${firstCommitAt}:00Z`,
    lastCommitAt: `2026-11-20T${lastCommitAt}:00Z`,
  })
  const within = { lsn: '0/5000100', from: '2026-11-20T16:20:00Z', to: '2026-11-20T16:05:00Z' }
  const [range] = walRanges(
    [
      clock(1, '15:00', '15:10'),
      clock(2, '14:00', '14:20'),
      clock(3, '14:20', '15:00'),
      clock(4, '15:11', '16:10'),
      { ...clock(5, '16:05', '16:20'), setBacks: [within] },
      clock(6, '16:06', '16:30'),
    ],
    segmentBytes,
  )
  expect(range?.setBacks).toEqual([
    { lsn: '0/2000000', from: '2026-11-20T15:10:00Z', to: '2026-11-20T14:00:00Z' },
    within,
  ])
})
