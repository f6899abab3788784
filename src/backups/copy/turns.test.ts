import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('work of one key waits for the work before it, also when that failed; other keys do not', async () => {
  const inTurn = createTurns()
  const order: string[] = []
  let finish = (): void => {}
  const first = inTurn('a', async () => {
    order.push('first begins')
    await new Promise<void>((resolve) => (finish = resolve))
    order.push('first fails')
    throw new Error('no')
  })
  const second = inTurn('a', async () => {
    order.push('second')
    return 2
  })
  await inTurn('b', async () => void order.push('other'))
  finish()
  await expect(first).rejects.toThrow('no')
  expect(await second).toBe(2)
  expect(order).toEqual(['first begins', 'other', 'first fails', 'second'])
})
