import { AppError } from '../errors/app-error.ts'
import type { Entry, Store, Write } from './store.ts'

/** What a document becomes in the other store; undefined leaves it out. */
export type Convert = (entry: Entry) => unknown

/** Each well within what etcd takes at once (1000 documents, 1.4 MB). */
const BATCH_DOCUMENTS = 200
const BATCH_BYTES = 500_000

/**
 * Copies documents into a store that has none of them yet, or a part of them from a copying that was broken off, and gives how many
 * there are. Nobody else may write what is copied meanwhile. Throws STORE_CONFLICT when a key has another value there already, unless
 * `others` may have changed what came over earlier, and when afterwards not all of them are there.
 */
export async function copyDocuments(
  from: Store,
  to: Store,
  convert: Convert,
  { others = 'none' }: { readonly others?: 'none' | 'may write' } = {},
): Promise<number> {
  const missing = (wanted: readonly Copy[], has: ReadonlyMap<string, string>): Copy[] =>
    wanted.filter(({ key, text }) => {
      const there = has.get(key)
      if (there === undefined) return true
      if (there === text || others === 'may write') return false
      throw new AppError('STORE_CONFLICT', `${key} is in the other store with another value`)
    })
  const wanted = (await from.list('')).flatMap((entry): Copy[] => {
    const value = convert(entry)
    return value === undefined ? [] : [{ key: entry.key, value, text: JSON.stringify(value) }]
  })
  for (const batch of batches(missing(wanted, await textsIn(to)))) await to.write(batch.map(put))
  const lost = missing(wanted, await textsIn(to))
  if (lost.length === 0) return wanted.length
  throw new AppError('STORE_CONFLICT', `${lost.length} documents were not copied`, {
    details: { keys: lost.slice(0, 10).map(({ key }) => key) },
  })
}

interface Copy {
  readonly key: string
  readonly value: unknown
  readonly text: string
}

const put = ({ key, value }: Copy): Write => ({ kind: 'put', key, value, ifRevision: 0 })

async function textsIn(store: Store): Promise<ReadonlyMap<string, string>> {
  return new Map((await store.list('')).map(({ key, value }) => [key, JSON.stringify(value)]))
}

function batches(copies: readonly Copy[]): Copy[][] {
  const made: Copy[][] = []
  let sizeBytes = Infinity
  for (const copy of copies) {
    const ownBytes = Buffer.byteLength(copy.text)
    const batch = made.at(-1)
    if (!batch || batch.length >= BATCH_DOCUMENTS || sizeBytes + ownBytes > BATCH_BYTES) {
      made.push([copy])
      sizeBytes = ownBytes
    } else {
      batch.push(copy)
      sizeBytes += ownBytes
    }
  }
  return made
}
