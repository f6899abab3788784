import { expect, test } from 'vitest'
import { openApi } from '../fixtures.suite.ts'
import { authenticate } from './authenticate.ts'

const now = new Date()

test('a token is who it was made for until it ends or is removed, and its secret is kept nowhere', async () => {
  const { client, store, docs } = openApi()
  const { secret } = await client.createToken({
    name: 'ci',
    role: 'developer',
    projects: ['shop'],
    expiresAfterMs: 60_000,
  })
  const who = (header: string | undefined, at = now) =>
    authenticate({ store, documents: docs }, header, '192.0.2.1', at).then(
      (caller) => caller,
      (error: { code: string }) => error.code,
    )
  expect(await who(`Bearer ${secret}`)).toEqual({
    name: 'ci',
    role: 'developer',
    projects: ['shop'],
    from: '192.0.2.1',
  })
  expect(JSON.stringify(await store.list(''))).not.toContain(secret.slice(-43))
  expect(await client.listTokens({})).toMatchObject([{ name: 'ci', lastUsedAt: now.toISOString() }])
  const wrong = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`
  for (const header of [undefined, '', 'Bearer x', `Bearer ${wrong}`, `Basic ${secret}x`]) {
    expect(await who(header), header).toBe('UNAUTHENTICATED')
  }
  expect(await who(`Bearer ${secret}`, new Date(Date.now() + 61_000))).toBe('UNAUTHENTICATED')
  await client.removeToken({ name: 'ci' })
  expect(await who(`Bearer ${secret}`)).toBe('UNAUTHENTICATED')
})

test('a token’s name is taken once, and one that is not there cannot be removed', async () => {
  const { client } = openApi()
  await client.createToken({ name: 'ci', role: 'viewer' })
  await expect(client.createToken({ name: 'ci', role: 'admin' })).rejects.toMatchObject({
    code: 'TOKEN_EXISTS',
  })
  await expect(client.removeToken({ name: 'cd' })).rejects.toMatchObject({
    code: 'TOKEN_NOT_FOUND',
  })
})
