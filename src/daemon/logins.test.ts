import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { Logins } from './logins.ts'

test('a connection ends with what it logged in with, and no other does', async () => {
  const good = new Set(['a', 'b'])
  const logins = new Logins(async (authorization) => good.has(authorization), 5)
  onTestFinished(() => logins.close())
  const [a, b] = [new PassThrough(), new PassThrough()]
  logins.note(a, 'a')
  logins.note(b, 'b')
  good.delete('a')
  await expect.poll(() => a.destroyed).toBe(true)
  expect(b.destroyed).toBe(false)
})
