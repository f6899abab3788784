import { expect, test } from 'vitest'
import { enqueue } from '../operations/enqueue.ts'
import { backupCreate } from '../operations/procedures/backup.ts'
import { openApi } from './fixtures.suite.ts'

const input = { lineage: 'lineage001', kind: 'full' }

test('what a person began is not ended by stopping the instances, and is named', async () => {
  const { client, store, docs } = openApi()
  const { id } = await enqueue({ store, documents: docs, host: undefined }, backupCreate, input)
  await expect(client.stopDaemon({ instances: true })).rejects.toMatchObject({
    code: 'OPERATION_CONFLICT',
    details: { operation: id },
    hint: expect.stringContaining(`howdah ops cancel ${id}`) as unknown,
  })
  expect((await docs.operations.get(id))?.value.cancelRequested).toBe(false)
})

test('scheduled work is asked to end, and the daemon stops once it has', async () => {
  const { client, store, docs } = openApi()
  const { id } = await enqueue({ store, documents: docs, host: undefined }, backupCreate, {
    ...input,
    scheduled: true,
  })
  const stopping = client.stopDaemon({ instances: true })
  const isAsked = async () => (await docs.operations.get(id))?.value.cancelRequested
  await expect.poll(isAsked).toBe(true)
  await store.write([docs.locks.remove(['lineages/lineage001'])])
  expect(await stopping).toEqual({ stopped: 0 })
})
