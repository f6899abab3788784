import { expect, onTestFinished, test } from 'vitest'
import { copyDocuments } from './copy-documents.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Store, Write } from './store.ts'

function open(): Store {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  return store
}

async function filled(documents: Readonly<Record<string, unknown>>): Promise<Store> {
  const store = open()
  const writes = Object.entries(documents).map(
    ([key, value]) => ({ kind: 'put', key, value }) as const,
  )
  await store.write(writes)
  return store
}

const contents = async (store: Store): Promise<Record<string, unknown>> =>
  Object.fromEntries((await store.list('')).map(({ key, value }) => [key, value]))

const all = ({ value }: { value: unknown }): unknown => value

/** As `store` is while so many writes go through; later ones fail, as those of a process that was killed do. */
function dying(store: Store, afterWrites: number): Store {
  let left = afterWrites
  const write = (writes: readonly Write[]): Promise<number> =>
    left-- > 0 ? store.write(writes) : Promise.reject(new Error('killed'))
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'write') return write
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const many = Object.fromEntries(
  Array.from({ length: 1100 }, (_, n) => [`events/${n}`, { n, text: 'x'.repeat(n) }]),
)

test('everything is copied, however much it is', async () => {
  const from = await filled(many)
  const to = open()
  expect(await copyDocuments(from, to, all)).toBe(1100)
  expect(await contents(to)).toEqual(many)
})

test('a copying that was broken off after any of its writes is finished by the next', async () => {
  const from = await filled(many)
  for (let n = 0; ; n++) {
    const to = open()
    const outcome = await copyDocuments(from, dying(to, n), all).catch((error: unknown) => error)
    if (!(outcome instanceof Error)) {
      // So that more than one of them was in the middle.
      expect(n).toBeGreaterThan(3)
      return
    }
    expect(outcome.message).toBe('killed')
    expect(await copyDocuments(from, to, all)).toBe(1100)
    expect(await contents(to)).toEqual(many)
  }
})

test('documents are left out or changed on their way', async () => {
  const from = await filled({ 'claims/1': {}, 'operations/1': { id: '1' } })
  const to = open()
  const count = await copyDocuments(from, to, ({ key, value }) =>
    key.startsWith('claims/') ? undefined : { ...(value as object), host: 'h1' },
  )
  expect(count).toBe(1)
  expect(await contents(to)).toEqual({ 'operations/1': { id: '1', host: 'h1' } })
})

test('what is there with another value is not written over', async () => {
  const from = await filled({ 'operations/1': { id: '1' }, 'operations/2': { id: '2' } })
  const to = await filled({ 'operations/2': { id: 'another' } })
  await expect(copyDocuments(from, to, all)).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
  expect(await contents(to)).toEqual({ 'operations/2': { id: 'another' } })
})

test('what is there beside it stays', async () => {
  const from = await filled({ 'operations/1': { id: '1' } })
  const to = await filled({ 'operations/2': { id: '2' } })
  await copyDocuments(from, to, all)
  expect(await contents(to)).toEqual({ 'operations/1': { id: '1' }, 'operations/2': { id: '2' } })
})
