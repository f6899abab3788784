import { expect, test } from 'vitest'
import { judgePages } from './judge-pages.ts'

const MIB = 1024 * 1024

test('pages that all fit their checksums pass, with how many were read', () => {
  expect(judgePages({ pages: 4096, bytes: 32 * MIB, damaged: [] })).toEqual({
    kind: 'checksums',
    outcome: 'passed',
    sentence: '4,096 pages (32 MiB) fit their checksums',
  })
})

test('a damaged page is named by file and block, and of many the first', () => {
  const damaged = Array.from({ length: 7 }, (_, block) => ({ file: 'base/5/16384', block }))
  expect(judgePages({ pages: 9, bytes: MIB, damaged: damaged.slice(3, 4) })).toEqual({
    kind: 'checksums',
    outcome: 'failed',
    sentence: 'pages do not fit their checksums: block 3 of base/5/16384',
  })
  expect(judgePages({ pages: 9, bytes: MIB, damaged }).sentence).toMatch(/, 2 more$/)
})
