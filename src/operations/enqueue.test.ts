import { expect, test } from 'vitest'
import { OperationId } from '../contract/names.ts'
import { forever, openRig, procedureOf } from './rig.suite.ts'

const subjects = (...names: string[]) => ({ subjects: names })

test('a subject that a live operation holds is refused with that operation’s name, and nothing is written', async () => {
  const rig = await openRig()
  const busy = procedureOf(({ step }) => step('waits', ({ signal }) => forever(signal)), 'backup')
  const first = await rig.enqueue(busy, subjects('shop/db'))
  const second = rig.enqueue(
    procedureOf(async () => {}),
    subjects('shop/cache', 'shop/db'),
  )
  await expect(second).rejects.toMatchObject({
    code: 'OPERATION_CONFLICT',
    details: { operation: first.id, title: 'a backup' },
    message: `shop/db is busy with “a backup” (operation ${first.id})`,
  })
  expect(await rig.docs.operations.list()).toHaveLength(1)
  expect((await rig.docs.locks.list()).map((l) => l.key)).toEqual(['locks/shop/db'])
})

test('other subjects go side by side', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async () => {})
  await rig.enqueue(procedure, subjects('shop/a'))
  await rig.enqueue(procedure, subjects('shop/b'))
  expect(await rig.docs.operations.list()).toHaveLength(2)
})

test.each([
  ['done', async () => {}],
  ['failed', async () => Promise.reject(new Error('no'))],
])('a subject is free again when its operation is %s', async (state, run) => {
  const rig = await openRig()
  const procedure = procedureOf(run)
  rig.startWorker([procedure])
  const first = await rig.enqueue(procedure, subjects('shop/db'))
  expect((await rig.ended(first.id)).state).toBe(state)
  const second = await rig.enqueue(procedure, subjects('shop/db'))
  expect((await rig.ended(second.id)).state).toBe(state)
})

test('a subject is free again when its operation was cancelled before it began', async () => {
  const rig = await openRig()
  const procedure = procedureOf(({ step }) => step('one', async () => {}))
  const first = await rig.enqueue(procedure, subjects('shop/db'))
  await rig.cancel(first.id)
  rig.startWorker([procedure])
  expect(await rig.ended(first.id)).toMatchObject({ state: 'cancelled', steps: [] })
  await rig.enqueue(procedure, subjects('shop/db'))
})

test('of many that want one subject at once, one gets it', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async () => {})
  const tries = Array.from({ length: 10 }, () => rig.enqueue(procedure, subjects('shop/db')))
  const results = await Promise.allSettled(tries)
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  const codes = results.flatMap((r) => (r.status === 'rejected' ? [r.reason.code] : []))
  expect(codes).toEqual(Array(9).fill('OPERATION_CONFLICT'))
})

test('a subject that is named twice is one subject', async () => {
  const rig = await openRig()
  const operation = await rig.enqueue(
    procedureOf(async () => {}),
    subjects('shop/db', 'shop/db'),
  )
  expect(operation.subjects).toEqual(['shop/db'])
})

test('ids have their form, differ, and sort by creation', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async () => {})
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    ids.push((await rig.enqueue(procedure, subjects(`shop/${n}`))).id)
    const now = Date.now()
    while (Date.now() === now) continue
  }
  expect(ids.map((id) => OperationId.parse(id))).toEqual(ids)
  expect(ids.toSorted()).toEqual(ids)
  expect((await rig.docs.operations.list()).map((o) => o.value.id)).toEqual(ids)
})
