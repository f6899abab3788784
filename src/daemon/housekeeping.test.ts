import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { asOnlyHost } from './housekeeping.ts'

test('one host at a time keeps the cluster’s house, and the next may after it, also when it failed', async () => {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const did: string[] = []
  await asOnlyHost(store, async () => {
    did.push('first')
    await asOnlyHost(store, async () => void did.push('second at the same time'))
  })
  const conflict = new AppError('STORE_CONFLICT', 'of what it does')
  await expect(asOnlyHost(store, () => Promise.reject(conflict))).rejects.toBe(conflict)
  await asOnlyHost(store, async () => void did.push('second'))
  expect(did).toEqual(['first', 'second'])
  expect(await store.list('')).toEqual([])
})
