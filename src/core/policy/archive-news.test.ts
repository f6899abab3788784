import { expect, test } from 'vitest'
import type { ArchiveProblem } from '../../contract/backup.ts'
import { archiveNews } from './archive-news.ts'

const since = '2026-01-02T03:04:05.000Z'
const problem = (kind: ArchiveProblem['kind'], segment?: string): ArchiveProblem => ({
  kind,
  sentence: `${segment ?? 'the archive'} is ${kind}`,
  since,
  ...(segment ? { segment } : {}),
})

test('a new problem is told once, as an error with whose it is', () => {
  const lost = problem('lost', 'A')
  expect(archiveNews('shop/db', [], [lost])).toEqual([
    { severity: 'error', kind: 'archive-lost', message: 'shop/db: A is lost' },
  ])
  expect(archiveNews('shop/db', [lost], [{ ...lost, since: '2026-01-02T04:00:00.000Z' }])).toEqual(
    [],
  )
})

test('many of one kind are one event, and each kind has its own', () => {
  const all = [problem('lost', 'A'), problem('lost', 'B'), problem('lost', 'C'), problem('late')]
  expect(archiveNews('shop/db', [], all).map(({ kind, message }) => [kind, message])).toEqual([
    ['archive-lost', 'shop/db: A is lost (and 2 more)'],
    ['archive-late', 'shop/db: the archive is late'],
  ])
})

test('segments that are late one after another are one trouble', () => {
  expect(archiveNews('shop/db', [problem('late', 'A')], [problem('late', 'B')])).toEqual([])
})

test('another segment that is lost is news, and it is over when none is', () => {
  const a = problem('lost', 'A')
  const b = problem('lost', 'B')
  expect(archiveNews('shop/db', [a], [b]).map(({ kind }) => kind)).toEqual(['archive-lost'])
  expect(archiveNews('shop/db', [a, b], [b])).toEqual([])
  expect(archiveNews('shop/db', [b], [])).toEqual([
    {
      severity: 'info',
      kind: 'archive-mended',
      message: 'shop/db: the archive is mended: B is lost',
    },
  ])
})
