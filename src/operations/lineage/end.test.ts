import { expect, test } from 'vitest'
import { member } from '../../core/plan/documents.suite.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { lineage, openHome } from '../procedures/prune.suite.ts'
import { closeLineage } from './end.ts'

/** What people are told when an instance goes whose server ended so. */
async function toldOf(inOrder: boolean, sealedPassword = 'sealed'): Promise<string[]> {
  const { store, repositories } = await openHome({})
  const { dependencies, events } = dependenciesOf(store, fakeMachine(), repositories, new Life())
  const driver = { ...dependencies.driver, endedInOrder: async () => inOrder }
  const document = lineage({ recipe: { ...lineage().recipe, sealedPassword } })
  await closeLineage({ ...dependencies, driver }, document, member({ wanted: 'stopped' }))
  return events.map(({ kind, message }) => `${kind}: ${message}`)
}

test('an instance whose server shut down goes without a word', async () => {
  expect(await toldOf(true)).toEqual([])
})

test('what a server that died had not archived goes with it, and people are told', async () => {
  expect(await toldOf(false)).toEqual([
    'archive-lost: the server had not ended in order before the instance went, so what it committed after 2026-01-02T03:05:00.000Z was not archived; its lineage l00001 ends before that',
  ])
})

test('nothing is lost with one that nobody could write to yet', async () => {
  expect(await toldOf(false, '')).toEqual([])
})
