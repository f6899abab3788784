import { once } from 'node:events'
import { expect, test } from 'vitest'
import { untilAllEnded } from './until-all-ended.ts'

test('a part that fails ends the others, and its error comes when they have let go', async () => {
  const stop = new AbortController()
  const order: string[] = []
  const other = once(stop.signal, 'abort').then(() => {
    order.push('the other has let go')
    throw new Error('the second failure')
  })
  const fails = Promise.reject(new Error('the first failure'))
  await untilAllEnded([other, fails], stop).catch((error: Error) => order.push(error.message))
  expect(order).toEqual(['the other has let go', 'the first failure'])
})
