import { expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { OperationRecord } from './record.ts'
import { openRig, procedureOf } from './rig.suite.ts'

test('a cancel that comes between the reading and the writing of a step is kept, and so is the step', async () => {
  const rig = await openRig()
  const { id } = await rig.enqueue(procedureOf(async () => {}))
  const { value, revision } = (await rig.docs.operations.get(id))!
  let cancels = 1
  const write: Store['write'] = async (writes) => {
    if (cancels-- > 0) await rig.cancel(id)
    return rig.store.write(writes)
  }
  const interrupted = Object.assign(Object.create(rig.store) as Store, { write })
  const record = new OperationRecord(interrupted, rig.docs, value, revision)
  const startedAt = new Date().toISOString()
  await record.writeStep({ name: 'one', state: 'running', attempt: 1, startedAt })
  const stored = (await rig.docs.operations.get(id))!.value
  expect(stored).toMatchObject({ cancelRequested: true, steps: [{ name: 'one' }] })
  expect(await record.cancelRequested()).toBe(true)
})

test('an operation that is not there any more is not written again', async () => {
  const rig = await openRig()
  const { id } = await rig.enqueue(procedureOf(async () => {}))
  const { value, revision } = (await rig.docs.operations.get(id))!
  const record = new OperationRecord(rig.store, rig.docs, value, revision)
  await rig.store.write([rig.docs.operations.remove([id])])
  await expect(record.begin()).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
  expect(await rig.docs.operations.get(id)).toBeUndefined()
})
