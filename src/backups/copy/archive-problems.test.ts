import { expect, test } from 'vitest'
import { archiveProblems, type Seen } from './archive-problems.ts'

const segment = (number: number): string => `00000001000000000000000${number}`
const now = new Date('2026-01-02T03:04:05Z')
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000)
const waiting = (number: number, seconds: number) => ({
  name: segment(number),
  sizeBytes: 16,
  since: ago(seconds),
})

const problems = (seen: Partial<Seen>) =>
  archiveProblems({
    now,
    holes: [],
    missing: [],
    waiting: [],
    stuck: [],
    different: [],
    damaged: [],
    unreadable: [],
    archivedAfter: () => ago(60),
    has: () => false,
    ...seen,
  })
const kinds = (seen: Partial<Seen>) => problems(seen).map((p) => `${p.kind} ${p.segment}`)
const hole = (first: number, last = first) => ({
  timeline: 1,
  first: segment(first),
  last: segment(last),
  segments: last - first + 1,
})

test('nothing to see is no problem', () => {
  expect(problems({})).toEqual([])
})

test('a hole is lost WAL, named by its first segment, since the one behind it came', () => {
  expect(problems({ holes: [hole(3, 5)] })).toEqual([
    {
      kind: 'lost',
      segment: segment(3),
      sentence: `${segment(3)} to ${segment(5)} (3 files) are missing in the middle of the archive`,
      since: ago(60).toISOString(),
    },
  ])
})

test('what the server still has to archive, or we to take in, is not lost', () => {
  expect(kinds({ holes: [hole(3)], waiting: [waiting(3, 1)] })).toEqual([])
  expect(kinds({ holes: [hole(3)], stuck: [waiting(3, 1)] })).toEqual([])
  expect(kinds({ holes: [hole(3)], waiting: [waiting(4, 1)] })).toEqual([`lost ${segment(3)}`])
})

test('a missing segment is told once, also when it makes a hole', () => {
  const missing = [3, 7].map((n) => ({ segment: segment(n), since: now, was: 'there' as const }))
  expect(kinds({ holes: [hole(3)], missing })).toEqual([`lost ${segment(3)}`, `lost ${segment(7)}`])
})

test('waiting is late after two minutes, told by the oldest', () => {
  expect(kinds({ waiting: [waiting(1, 119)] })).toEqual([])
  expect(problems({ waiting: [waiting(1, 130), waiting(2, 150), waiting(3, 1)] })).toMatchObject([
    { kind: 'late', segment: segment(2), sentence: '3 WAL files wait to be archived' },
  ])
  expect(problems({ stuck: [waiting(1, 130)] })).toMatchObject([
    { kind: 'late', sentence: '1 WAL file waits to be taken into the archive' },
  ])
})

test('a damaged file is told until a good one has come; another content until it is removed', () => {
  const aside = [{ name: segment(4), since: ago(5) }]
  expect(kinds({ damaged: aside, different: aside })).toEqual([
    `damaged ${segment(4)}`,
    `different ${segment(4)}`,
  ])
  expect(kinds({ damaged: aside, different: aside, has: () => true })).toEqual([
    `different ${segment(4)}`,
  ])
})

test('a fork is one trouble, the first of all, named by where it begins', () => {
  const forked = [3, 2, 4].map((n) => ({ name: segment(n), since: ago(10 * n) }))
  expect(problems({ forked, holes: [hole(7)] })).toMatchObject([
    { kind: 'forked', segment: segment(2), since: ago(20).toISOString() },
    { kind: 'lost' },
  ])
})
