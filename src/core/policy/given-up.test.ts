import { expect, test } from 'vitest'
import type { ArchiveProblem } from '../../contract/backup.ts'
import { stillGivenUp, withGivenUp } from './given-up.ts'

const name = (n: number): string => `0000000100000000000000${n.toString(16).padStart(2, '0')}`
const problem = (kind: ArchiveProblem['kind'], n?: number): ArchiveProblem => ({
  kind,
  sentence: kind,
  since: '2026-01-02T03:04:05.000Z',
  ...(n === undefined ? {} : { segment: name(n) }),
})
const gap = { ...problem('given-up', 5), last: name(9) }

test('files that were given up are not lost or late as well, and other troubles stay', () => {
  const others = [
    problem('lost', 4),
    problem('late', 10),
    problem('different', 6),
    problem('unreachable'),
  ]
  const same = [problem('lost', 5), problem('late', 9)]
  expect(withGivenUp([...others, ...same], [gap])).toEqual([gap, ...others])
})

test('a stretch is told once, as it was told last', () => {
  const again = { ...gap, sentence: 'again' }
  const another = { ...problem('given-up', 12), last: name(13) }
  expect(withGivenUp([gap], [gap, another, again])).toEqual([again, another])
})

test('a gap is over with a good base backup that began after it, once the archive shows no hole any more', () => {
  const before = { startedAt: '2026-01-02T03:04:00.000Z' }
  const after = { startedAt: '2026-01-02T03:05:00.000Z' }
  expect(stillGivenUp([gap], [], [])).toEqual([gap])
  expect(stillGivenUp([gap], [before], [])).toEqual([gap])
  expect(stillGivenUp([gap], [before, { ...after, damage: 'torn' }], [])).toEqual([gap])
  expect(stillGivenUp([gap], [before, after], [problem('lost', 5)])).toEqual([gap])
  expect(stillGivenUp([gap], [before, after], [problem('lost', 20)])).toEqual([])
})
