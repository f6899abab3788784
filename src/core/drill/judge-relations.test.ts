import { expect, test } from 'vitest'
import { judgeRelations } from './judge-relations.ts'

test('sound indexes pass, and what was not looked at is told', () => {
  expect(
    judgeRelations('indexes', { sound: 166, damaged: [], left: ['shop.public.big took too long'] }),
  ).toEqual({
    kind: 'indexes',
    outcome: 'passed',
    sentence: '166 B-tree indexes are sound. Not checked: shop.public.big took too long',
  })
})

test('one that is damaged fails the check, and the first of many are named', () => {
  const damaged = Array.from({ length: 8 }, (_, at) => `index ${at} is damaged`)
  const check = judgeRelations('tables', { sound: 100, damaged, left: [] })
  expect(check.outcome).toBe('failed')
  expect(check.sentence).toBe(
    'index 0 is damaged; index 1 is damaged; index 2 is damaged; index 3 is damaged; index 4 is damaged; and 3 more',
  )
})

test('where nothing could be looked at the check is skipped', () => {
  const left = ['shop has no amcheck: the engine lacks it']
  expect(judgeRelations('indexes', { sound: 0, damaged: [], left })).toEqual({
    kind: 'indexes',
    outcome: 'skipped',
    sentence: 'shop has no amcheck: the engine lacks it',
  })
})
