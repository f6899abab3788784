import { expect, onTestFinished, test } from 'vitest'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { MachineClock } from './machine-clock.ts'

const HOUR_MS = 60 * 60 * 1000

function openStore() {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  return { store, documents: documents(store) }
}

test('hosts remember their clocks apart: what one doubts is no doubt of another', async () => {
  const known = openStore()
  const now = Date.now()
  await new MachineClock({ ...known, host: 'a' }).read(now)
  await new MachineClock({ ...known, host: 'b' }).read(now + 48 * HOUR_MS)
  const a = await new MachineClock({ ...known, host: 'a' }).read(now + 1)
  expect(a.jumps).toEqual([])
  expect((await known.documents.clocks.list()).map(({ key }) => key)).toEqual([
    'clocks/a',
    'clocks/b',
  ])
})

test('the first host of a cluster keeps the doubts that the machine had by itself', async () => {
  const known = openStore()
  const now = Date.now()
  const alone = { ...known, host: undefined }
  await new MachineClock(alone).read(now)
  const { jumps } = await new MachineClock(alone).read(now + 48 * HOUR_MS)
  expect(jumps).toHaveLength(1)
  const first = await new MachineClock({ ...known, host: 'a' }).read(now + 48 * HOUR_MS)
  expect(first.jumps).toMatchObject([{ atMs: jumps[0]?.atMs }])
  const second = await new MachineClock({ ...known, host: 'b' }).read(now)
  expect(second.jumps).toEqual([])
})
