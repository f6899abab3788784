import { decodeText, encodeText, type KeyValue, numberOf } from '../../system/etcd/messages.ts'
import type { Entry } from '../store.ts'

/** Where in etcd the store is. Others keep their keys beside it (Patroni under `/service/`). */
export interface KeySpace {
  /** Full keys of documents start with this. */
  readonly documents: string
  /** Keys that tell the outcome of writes start with this; no document is there. */
  readonly marks: string
}

/** `prefix` ends with a slash: `/howdah/`. */
export const keySpace = (prefix: string): KeySpace => ({
  documents: `${prefix}documents/`,
  marks: `${prefix}writes/`,
})

/** A document's key without what comes before it in etcd. */
export const documentKey = (space: KeySpace, kv: KeyValue): string =>
  decodeText(kv.key).slice(space.documents.length)

export function entryOf(space: KeySpace, kv: KeyValue): Entry {
  return {
    key: documentKey(space, kv),
    value: valueOf(decodeText(kv.value)),
    revision: numberOf(kv.mod_revision),
  }
}

/** As the SQLite store keeps values: JSON. */
export const encodeValue = (value: unknown): string => encodeText(JSON.stringify(value))

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // not ours: whoever reads it as a document finds that it has not its form
  }
}
