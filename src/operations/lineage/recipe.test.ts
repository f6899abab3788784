import { expect, test } from 'vitest'
import { instance, lineageDocument } from '../../core/plan/documents.suite.ts'
import { secrets } from '../fake-host.suite.ts'
import { desiredFromLineage } from '../plan/desired-from-lineage.ts'
import { recipeOf } from './recipe.ts'

test('what is brought back sleeps as it did, and what never slept does not', () => {
  const sealed = secrets.seal('lineages/lineage1', 'secret')
  const again = (changes: object) => {
    const recipe = recipeOf({ ...instance, ...changes }, sealed)
    return desiredFromLineage({ secrets }, lineageDocument({ recipe }), 'shop', 'db')
  }
  expect(again({ suspendAfterMs: 300_000 }).suspendAfterMs).toBe(300_000)
  expect(again({})).not.toHaveProperty('suspendAfterMs')
})
