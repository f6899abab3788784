import { afterEach, expect, test, vi } from 'vitest'
import { forever, openRig, procedureOf } from './rig.suite.ts'

afterEach(() => vi.useRealTimers())

/** What leases are measured by; all else goes on as ever. */
const leaseTimers = [
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
  'performance',
] as const

test('steps are told to let go before the store ends a lease of which no renewal was confirmed', async () => {
  vi.useFakeTimers({ toFake: [...leaseTimers] })
  const rig = await openRig()
  const { store } = rig
  const toldAtMs: number[] = []
  const procedure = procedureOf(async ({ step }) => {
    await step('long', async ({ attempt, signal }) => {
      if (attempt > 1) return
      signal.addEventListener('abort', () => toldAtMs.push(performance.now()))
      await forever(signal)
    })
  })
  const renewedAtMs: number[] = []
  const renew = store.renewLease.bind(store)
  // The second is done there, and its answer never comes.
  store.renewLease = async (lease) => {
    const sentAtMs = performance.now()
    const held = await renew(lease)
    if (renewedAtMs.push(sentAtMs) > 1) await new Promise(() => {})
    return held
  }
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  await rig.until(id, (o) => o.steps[0]?.state === 'running')
  await vi.advanceTimersByTimeAsync(5000)
  expect(renewedAtMs).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(10_999)
  expect(toldAtMs).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(toldAtMs).toEqual([renewedAtMs[0]! + 11_000])
  expect((await rig.ended(id)).state).toBe('done')
})

test('of two hosts on one store each runs its own operations, and a machine by itself runs all', async () => {
  const rig = await openRig()
  const ran: string[] = []
  const on = (host: string) => procedureOf(async ({ id }) => void ran.push(`${host} ${id}`))
  const asked = procedureOf(async () => {})
  const ofA = await rig.enqueue(asked, { subjects: ['shop/a'] }, 'a')
  const ofB = await rig.enqueue(asked, { subjects: ['shop/b'] }, 'b')
  const ofC = await rig.enqueue(asked, { subjects: ['shop/c'] }, 'c')
  rig.startWorker([on('a')], { host: 'a' })
  rig.startWorker([on('b')], { host: 'b' })
  await rig.ended(ofA.id)
  await rig.ended(ofB.id)
  expect(ran.toSorted()).toEqual([`a ${ofA.id}`, `b ${ofB.id}`])
  expect((await rig.docs.operations.get(ofC.id))?.value.state).toBe('queued')
  rig.startWorker([on('alone')])
  await rig.ended(ofC.id)
  expect(ran.at(-1)).toBe(`alone ${ofC.id}`)
})
