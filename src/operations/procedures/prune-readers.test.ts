import { expect, test } from 'vitest'
import type { BackupEngine } from '../../backups/backup-engine.ts'
import { ago, backup, idsOf, openHome, runPrune } from './prune.suite.ts'

/** A live operation that reads the lineage, held by a worker of its own as far as this one can see. */
async function beginReading(
  { store, docs }: Awaited<ReturnType<typeof openHome>>,
  input: object = { lineage: 'l00001' },
): Promise<void> {
  const id = 'reader00'
  await store.write([
    { kind: 'put', key: `claims/${id}`, value: { lease: 'another' } },
    docs.operations.put([id], {
      format: 1,
      id,
      kind: 'restore',
      title: 'restore as shop/then',
      subjects: ['shop/then'],
      state: 'running',
      steps: [],
      cancelRequested: false,
      createdAt: ago(0),
      input,
    }),
  ])
}

test.each<[string, object]>([
  ['a restore', { lineage: 'l00001' }],
  ['a branch of the past', { past: { lineage: 'l00001' } }],
])('nothing goes while %s reads the lineage', async (_, reads) => {
  const home = await openHome({ backups: [backup(20), backup(15), backup(8), backup(1)] })
  await beginReading(home, reads)
  const { operation } = await runPrune(home)
  expect(operation.output).toMatchObject({
    outcome: 'held',
    sentence: 'nothing is removed while “restore as shop/then” reads it',
  })
  expect(await idsOf(home)).toHaveLength(4)
})

test('a restore that begins after the decision loses nothing to it any more', async () => {
  const home = await openHome({ backups: [backup(20), backup(15), backup(8), backup(1)] })
  const { lineages } = home.repositories
  const remove: BackupEngine['remove'] = async (_, { id }) => {
    lineages.set('l00001', lineages.get('l00001')?.filter((b) => b.id !== id) ?? [])
    await beginReading(home)
  }
  const { operation } = await runPrune(home, {}, { remove })
  expect(operation.state).toBe('done')
  expect(await idsOf(home)).toEqual([20, 8, 1].map((days) => backup(days).id))
})
