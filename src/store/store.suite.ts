import { afterEach, describe, expect, test } from 'vitest'
import type { Change, Store } from './store.ts'

/** What a store under test is and what it leaves. */
export interface OpenStore {
  readonly store: Store
  /** Removes what the store left. Called once, after `store.close`. */
  readonly remove: () => Promise<void>
}

/** The behaviour that every store has. `open` gives a new, empty store each time. */
export function storeSuite(name: string, open: () => Promise<OpenStore>): void {
  const opened: OpenStore[] = []

  async function newStore(): Promise<Store> {
    const one = await open()
    opened.push(one)
    return one.store
  }

  afterEach(async () => {
    for (const { store, remove } of opened.splice(0)) {
      await store.close()
      await remove()
    }
  })

  describe(name, () => {
    documents(newStore)
    watches(newStore)
    leases(newStore)
  })
}

type NewStore = () => Promise<Store>

const put = (key: string, value: unknown, ifRevision?: number) =>
  ({ kind: 'put', key, value, ...(ifRevision === undefined ? {} : { ifRevision }) }) as const
const remove = (key: string, ifRevision?: number) =>
  ({ kind: 'delete', key, ...(ifRevision === undefined ? {} : { ifRevision }) }) as const

function documents(newStore: NewStore): void {
  test('what was written is read back with the revision that the write gave', async () => {
    const store = await newStore()
    const value = { text: "it's “quoted”\n\0", list: [1, null, { deep: true }] }
    const revision = await store.write([put('a/one', value)])
    expect(await store.get('a/one')).toEqual({ key: 'a/one', value, revision })
  })

  test('a key that was never written, or was deleted, is undefined', async () => {
    const store = await newStore()
    await store.write([put('a', 1)])
    await store.write([remove('a')])
    expect(await store.get('a')).toBeUndefined()
    expect(await store.get('b')).toBeUndefined()
  })

  test('a list has the keys under its prefix alone, in key order', async () => {
    const store = await newStore()
    const keys = ['a/2', 'a/10', 'a/b/c', 'a', 'ab/1', 'b/1', 'a/z-_.9', 'A/1']
    await store.write(keys.map((key) => put(key, key)))
    const found = await store.list('a/')
    expect(found.map((e) => e.key)).toEqual(['a/10', 'a/2', 'a/b/c', 'a/z-_.9'])
    expect(await store.list('nothing/')).toEqual([])
  })

  test('revisions grow with every write, whichever key it is for', async () => {
    const store = await newStore()
    const first = await store.write([put('a', 1)])
    const second = await store.write([put('b', 1)])
    const third = await store.write([put('a', 2)])
    expect(second).toBeGreaterThan(first)
    expect(third).toBeGreaterThan(second)
    expect((await store.get('b'))?.revision).toBe(second)
  })

  test('a condition on the revision lets just one of two writers win', async () => {
    const store = await newStore()
    const read = await store.write([put('a', 'first')])
    await store.write([put('a', 'theirs', read)])
    const late = store.write([put('a', 'mine', read)])
    await expect(late).rejects.toMatchObject({ code: 'STORE_CONFLICT', details: { key: 'a' } })
    expect((await store.get('a'))?.value).toBe('theirs')
  })

  test('condition 0 means that the key must not exist', async () => {
    const store = await newStore()
    await store.write([put('a', 1, 0)])
    await expect(store.write([put('a', 2, 0)])).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    await store.write([remove('a')])
    await store.write([put('a', 3, 0)])
    expect((await store.get('a'))?.value).toBe(3)
  })

  test('a deletion has conditions too', async () => {
    const store = await newStore()
    const read = await store.write([put('a', 1)])
    const now = await store.write([put('a', 2)])
    await expect(store.write([remove('a', read)])).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    await store.write([remove('a', now)])
    expect(await store.get('a')).toBeUndefined()
  })

  test('one condition that does not hold undoes the whole write, and nobody is told of it', async () => {
    const store = await newStore()
    const changes = follow(store, '')
    await store.write([put('there', 1)])
    const writes = [put('a', 1), remove('there'), put('there', 2, 0), put('b', 1)]
    await expect(store.write([...writes, put('a', 9, 7)])).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    })
    expect((await store.list('')).map((e) => [e.key, e.value])).toEqual([['there', 1]])
    await store.write([put('last', 1)])
    expect((await changes.take(2)).map(keyOf)).toEqual(['there', 'last'])
  })

  test('many writers that read, count and try again on conflict lose no count', async () => {
    const store = await newStore()
    const count = async (): Promise<void> => {
      for (;;) {
        const have = await store.get('counter')
        const next = Number(have?.value ?? 0) + 1
        try {
          await store.write([put('counter', next, have?.revision ?? 0)])
          return
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORE_CONFLICT' })
        }
      }
    }
    await Promise.all(Array.from({ length: 20 }, count))
    expect((await store.get('counter'))?.value).toBe(20)
  })
}

function watches(newStore: NewStore): void {
  test('a watch tells of every change from the call on, in order, also before anyone reads', async () => {
    const store = await newStore()
    await store.write([put('a/before', 0)])
    const changes = follow(store, 'a/')
    for (let n = 1; n <= 50; n++) await store.write([put(`a/${n % 3}`, n)])
    await store.write([remove('a/before')])
    const seen = await changes.take(51)
    const values = seen.flatMap((c) => (c.kind === 'put' ? [c.entry.value] : []))
    expect(values).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(seen.at(-1)).toMatchObject({ kind: 'delete', key: 'a/before' })
    const revisions = seen.map((c) => (c.kind === 'put' ? c.entry.revision : c.revision))
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
  })

  test('a watch tells of its own prefix alone', async () => {
    const store = await newStore()
    const changes = follow(store, 'a/')
    await store.write([put('b/1', 1), put('a/1', 1), put('ab/1', 1), put('a', 1)])
    await store.write([put('a/2', 2)])
    expect((await changes.take(2)).map(keyOf)).toEqual(['a/1', 'a/2'])
  })

  test('deleting what is not there is no change', async () => {
    const store = await newStore()
    const changes = follow(store, '')
    await store.write([remove('never'), put('a', 1)])
    expect((await changes.take(1)).map(keyOf)).toEqual(['a'])
  })

  test('a watch gives the same entry as a read, whatever becomes of the value afterwards', async () => {
    const store = await newStore()
    const changes = follow(store, '')
    const value: { list: number[]; left?: undefined } = { list: [1], left: undefined }
    await store.write([put('a', value)])
    value.list.push(2)
    const [change] = await changes.take(1)
    expect(change).toStrictEqual({ kind: 'put', entry: await store.get('a') })
  })

  test('every watch gets all, and one that ends disturbs no other', async () => {
    const store = await newStore()
    const one = follow(store, '')
    const other = follow(store, '')
    await store.write([put('a', 1)])
    await one.take(1)
    one.end()
    await store.write([put('b', 1)])
    expect((await other.take(2)).map(keyOf)).toEqual(['a', 'b'])
  })

  test('a watch ends when its signal aborts, also when nothing ever happened', async () => {
    const store = await newStore()
    const stop = new AbortController()
    const watch = store.watch('', stop.signal)
    const ended = (async () => {
      for await (const change of watch) throw new Error(keyOf(change))
      return 'ended'
    })()
    stop.abort()
    expect(await ended).toBe('ended')
  })
}

function leases(newStore: NewStore): void {
  const long = 60_000

  test('revoking a lease deletes its documents, and watches hear of it', async () => {
    const store = await newStore()
    const lease = await store.grantLease(long)
    const other = await store.grantLease(long)
    await store.write([{ ...put('claims/1', 1), lease }])
    await store.write([{ ...put('claims/2', 1), lease: other }, put('claims/3', 1)])
    const changes = follow(store, 'claims/')
    await store.revokeLease(lease)
    expect(await changes.take(1)).toMatchObject([{ kind: 'delete', key: 'claims/1' }])
    expect((await store.list('claims/')).map((e) => e.key)).toEqual(['claims/2', 'claims/3'])
    expect(await store.renewLease(lease)).toBe(false)
    expect(await store.renewLease(other)).toBe(true)
  })

  test('a lease that nobody renews runs out with its documents, and watches hear of it', async () => {
    const store = await newStore()
    const lease = await store.grantLease(100)
    await store.write([{ ...put('claims/1', 1), lease }])
    const changes = follow(store, 'claims/')
    expect(await changes.take(1)).toMatchObject([{ kind: 'delete', key: 'claims/1' }])
    expect(await store.renewLease(lease)).toBe(false)
  })

  test('a lease that is renewed lives on past its first end', async () => {
    const store = await newStore()
    const kept = await store.grantLease(3000)
    const short = await store.grantLease(3000)
    await store.write([
      { ...put('kept', 1), lease: kept },
      { ...put('short', 1), lease: short },
    ])
    const changes = follow(store, 'short')
    const renewal = setInterval(() => void store.renewLease(kept), 200)
    try {
      await changes.take(1)
    } finally {
      clearInterval(renewal)
    }
    expect(await store.get('kept')).toBeDefined()
    expect(await store.renewLease(kept)).toBe(true)
  })

  test('a document that is written again without the lease does not go with it', async () => {
    const store = await newStore()
    const lease = await store.grantLease(long)
    await store.write([{ ...put('a', 1), lease }])
    await store.write([put('a', 2)])
    await store.revokeLease(lease)
    expect((await store.get('a'))?.value).toBe(2)
  })

  test('nothing is written under a lease that has ended', async () => {
    const store = await newStore()
    const lease = await store.grantLease(long)
    await store.revokeLease(lease)
    const late = store.write([put('b', 1), { ...put('a', 1), lease }])
    await expect(late).rejects.toMatchObject({ code: 'STORE_LEASE_ENDED' })
    expect(await store.list('')).toEqual([])
  })

  test('revoking a lease twice is the same as once', async () => {
    const store = await newStore()
    const lease = await store.grantLease(long)
    await store.revokeLease(lease)
    await store.revokeLease(lease)
    expect(await store.renewLease(lease)).toBe(false)
  })
}

const keyOf = (change: Change): string => (change.kind === 'put' ? change.entry.key : change.key)

/** A watch from now on; `take` waits for so many changes. */
function follow(store: Store, prefix: string) {
  const stop = new AbortController()
  const changes = store.watch(prefix, stop.signal)[Symbol.asyncIterator]()
  return {
    end: () => stop.abort(),
    async take(count: number): Promise<Change[]> {
      const taken: Change[] = []
      while (taken.length < count) {
        const next = await changes.next()
        if (next.done) throw new Error('the watch ended')
        taken.push(next.value)
      }
      return taken
    },
  }
}
