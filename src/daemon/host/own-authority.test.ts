import { expect, test } from 'vitest'
import { ownAuthority, putBackOwn, takeOver } from './own-authority.ts'
import { openTestHome } from './test-home.suite.ts'

const theirs = { caCertPem: 'their certificate', caKeyPem: 'their key', configKey: 'their secret' }
const own = { caCertPem: 'own\n', caKeyPem: 'own\n', configKey: 'own' }

test('a home has the cluster’s key and authority while it is in it, and its own again afterwards', async () => {
  const { home } = await openTestHome()
  expect(await ownAuthority(home)).toEqual(own)
  await takeOver(home, theirs)
  expect(await ownAuthority(home)).toEqual(theirs)
  expect(await putBackOwn(home)).toBe(true)
  expect(await ownAuthority(home)).toEqual(own)
  expect(await putBackOwn(home)).toBe(false)
})

test('a taking over that is repeated does not take the cluster’s for the home’s own', async () => {
  const { home } = await openTestHome()
  await takeOver(home, theirs)
  await takeOver(home, theirs)
  await putBackOwn(home)
  expect(await ownAuthority(home)).toEqual(own)
})
