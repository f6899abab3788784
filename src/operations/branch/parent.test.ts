import { expect, test } from 'vitest'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { instance, lineageDocument } from '../../core/plan/documents.suite.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { childrenOf, parentOf } from './parent.ts'

const at = '2026-02-03T04:05:06.000Z'
const of = (service: string, lineage: string) => ({ service, lineage, at, shared: true })
type Given = Pick<InstanceDocument, 'service' | 'lineage'> & Partial<InstanceDocument>

/** A store with these instances, and lineages by the lineage that each came from. */
async function having(instances: readonly Given[], parents: Record<string, string> = {}) {
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  for (const given of instances) {
    const doc = { ...instance, id: `i-${given.service}`, ...given }
    await store.write([docs.instances.put(['shop', given.service], doc)])
  }
  for (const [id, parent] of Object.entries(parents)) {
    const lineage = lineageDocument({ id, parent: { lineage: parent, how: 'restore' } })
    await store.write([docs.lineages.put([id], lineage)])
  }
  const d = { documents: docs }
  const find = async (service: string): Promise<InstanceDocument> =>
    (await docs.instances.get('shop', service))!.value
  return {
    parent: async (service: string) => (await parentOf(d, await find(service)))?.service,
    children: async (service: string) =>
      (await childrenOf(d, await find(service))).map((i) => i.service),
  }
}

test('a branch branches from what writes the lineage that it was made from, whatever that is called now', async () => {
  const there = await having([
    { service: 'renamed', lineage: 'lineage1' },
    { service: 'try', lineage: 'lineage2', branch: of('db', 'lineage1') },
  ])
  expect(await there.parent('try')).toBe('renamed')
  expect(await there.children('renamed')).toEqual(['try'])
  expect(await there.parent('renamed')).toBe(undefined)
})

test('after a restore in place it branches from the heir and not from what is held', async () => {
  const there = await having(
    [
      { service: 'db', lineage: 'lineage3' },
      { service: 'db-before', lineage: 'lineage1', heldSince: at },
      { service: 'try', lineage: 'lineage2', branch: of('db', 'lineage1') },
    ],
    { lineage3: 'lineage0', lineage0: 'lineage1' },
  )
  expect(await there.parent('try')).toBe('db')
  expect(await there.children('db-before')).toEqual([])
})

test('an instance that only has the parent’s old name is not its heir', async () => {
  const stranger = { service: 'db', lineage: 'lineage9' }
  const branch = { service: 'try', lineage: 'lineage2', branch: of('db', 'lineage1') }
  const gone = await having([stranger, branch], { lineage9: 'lineage8' })
  expect(await gone.parent('try')).toBe(undefined)
  const held = { service: 'db-before', lineage: 'lineage1', heldSince: at }
  const kept = await having([stranger, held, branch], { lineage9: 'lineage8' })
  expect(await kept.parent('try')).toBe('db-before')
})

test('lineages that name each other as parents end the search', async () => {
  const there = await having(
    [
      { service: 'db', lineage: 'lineage8' },
      { service: 'try', lineage: 'lineage2', branch: of('db', 'lineage1') },
    ],
    { lineage8: 'lineage9', lineage9: 'lineage8' },
  )
  expect(await there.parent('try')).toBe(undefined)
})
