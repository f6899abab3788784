import { expect, test } from 'vitest'
import { Wakeup } from './wakeup.ts'

test('a wait ends when it is woken', async () => {
  const wakeup = new Wakeup()
  const waiting = wakeup.wait()
  wakeup.wake()
  expect(await waiting).toBe(true)
})

test('a wake before the wait counts, once', async () => {
  const wakeup = new Wakeup()
  wakeup.wake()
  wakeup.wake()
  expect(await wakeup.wait()).toBe(true)
  expect(await wakeup.wait(1)).toBe(false)
})

test('a wait that nobody wakes ends when its time is over, and a later one can still be woken', async () => {
  const wakeup = new Wakeup()
  expect(await wakeup.wait(1)).toBe(false)
  const waiting = wakeup.wait(60_000)
  wakeup.wake()
  expect(await waiting).toBe(true)
})
