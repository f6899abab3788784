import { expect, test, vi } from 'vitest'
import { writeHostStatus } from './status-writer.ts'
import { openTestHome } from './test-home.suite.ts'

test('a host is up while its daemon says so, and down at once when that ends', async () => {
  const { home, store, docs } = await openTestHome()
  const stop = new AbortController()
  const failures: unknown[] = []
  const options = { store, documents: docs, home, host: 'h1', version: '1.2.3' }
  const startedAt = '2026-01-01T00:00:00.000Z'
  const onError = (error: unknown): void => void failures.push(error)
  const writing = writeHostStatus({ ...options, startedAt, onError }, stop.signal)
  const status = await vi.waitFor(async () => {
    const found = await docs.hostStatus.get('h1')
    if (!found) throw new Error('no word yet')
    return found.value
  })
  expect(status).toMatchObject({ version: '1.2.3', startedAt })
  expect(status.diskFreeBytes).toBeGreaterThan(0)
  stop.abort()
  await writing
  expect(await docs.hostStatus.get('h1')).toBe(undefined)
  expect(failures).toEqual([])
})
