/**
 * What etcd's JSON gateway says, as far as we read it: etcd/api/etcdserverpb/rpc.proto in JSON. 64-bit numbers are strings, keys
 * and values are base64, and whatever is zero, false or empty is left out.
 */
export interface Header {
  readonly cluster_id?: string
  readonly member_id?: string
  readonly revision?: string
}

export interface KeyValue {
  readonly key?: string
  readonly mod_revision?: string
  readonly value?: string
}

export interface RangeAnswer {
  readonly header?: Header
  readonly kvs?: readonly KeyValue[]
  readonly more?: boolean
}

export interface TxnAnswer {
  readonly header?: Header
  readonly succeeded?: boolean
  readonly responses?: readonly {
    readonly response_range?: RangeAnswer
    readonly response_txn?: TxnAnswer
  }[]
}

export interface WatchAnswer {
  readonly header?: Header
  readonly created?: boolean
  readonly canceled?: boolean
  /** Set when what was asked for is older than etcd keeps. */
  readonly compact_revision?: string
  /** More of the same moment follows in the next message. */
  readonly fragment?: boolean
  readonly events?: readonly { readonly type?: 'PUT' | 'DELETE'; readonly kv?: KeyValue }[]
}

export interface LeaseAnswer {
  readonly header?: Header
  readonly ID?: string
  /** Seconds; absent, 0 or -1 when the lease is gone. */
  readonly TTL?: string
}

/** Text as the gateway wants and gives keys and values. */
export const encodeText = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
export const decodeText = (base64 = ''): string => Buffer.from(base64, 'base64').toString('utf8')

/** The range of all keys that start with `prefix`, which is not empty. */
export function prefixRange(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = Buffer.from(prefix, 'utf8')
  // No byte of UTF-8 is 0xff, so the last one always has a successor.
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return { key: encodeText(prefix), range_end: end.toString('base64') }
}

/** etcd counts revisions from 1, and never so far that a number could not hold them. */
export const numberOf = (int64: string | undefined): number => Number(int64 ?? 0)
