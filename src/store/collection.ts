import type { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { Entry, Store, Write } from './store.ts'

export interface Document<T> {
  readonly key: string
  readonly value: T
  readonly revision: number
}

/** The documents of one kind: a key prefix and the schema that each must have. */
export interface Collection<T> {
  readonly prefix: string
  key(...id: string[]): string
  get(...id: string[]): Promise<Document<T> | undefined>
  /** All, or those whose id starts with the given parts. */
  list(...id: string[]): Promise<Document<T>[]>
  /** A write for `Store.write`, so that several documents change together. */
  put(id: readonly string[], value: T, ifRevision?: number): Write
  remove(id: readonly string[], ifRevision?: number): Write
  parse(entry: Entry): Document<T>
}

/** Binds a prefix and a schema to a store. A stored document that does not fit its schema is STORE_CORRUPT. */
export function collection<S extends z.ZodType>(
  store: Store,
  prefix: string,
  schema: S,
): Collection<z.output<S>> {
  const key = (...id: string[]): string => [prefix, ...id].join('/')
  const parse = (entry: Entry): Document<z.output<S>> => {
    const result = schema.safeParse(entry.value)
    if (result.success) return { ...entry, value: result.data }
    throw new AppError('STORE_CORRUPT', `the document ${entry.key} does not have its form`, {
      details: { issues: result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`) },
    })
  }
  return {
    prefix,
    key,
    parse,
    async get(...id) {
      const entry = await store.get(key(...id))
      return entry && parse(entry)
    },
    async list(...id) {
      return (await store.list(`${key(...id)}/`)).map(parse)
    },
    put: (id, value, ifRevision) => ({
      kind: 'put',
      key: key(...id),
      value,
      ...(ifRevision === undefined ? {} : { ifRevision }),
    }),
    remove: (id, ifRevision) => ({
      kind: 'delete',
      key: key(...id),
      ...(ifRevision === undefined ? {} : { ifRevision }),
    }),
  }
}
