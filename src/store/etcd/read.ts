import type { EtcdClient } from '../../system/etcd/etcd-client.ts'
import {
  encodeText,
  type KeyValue,
  numberOf,
  prefixRange,
  type RangeAnswer,
} from '../../system/etcd/messages.ts'
import { statusOf, Status } from '../../system/etcd/refusal.ts'

/** What is under a prefix at one moment. */
export interface Listing {
  readonly kvs: readonly KeyValue[]
  readonly revision: number
}

/** So many keys at once: an answer of many documents must not hold up etcd, or outgrow what its gateway passes on. */
const PAGE_KEYS = 500

/** One key as it is now, by the cluster's majority. */
export async function readKey(client: EtcdClient, fullKey: string): Promise<KeyValue | undefined> {
  const answer = await range(client, { key: encodeText(fullKey) })
  return answer.kvs?.[0]
}

/** All keys under a prefix, in key order, as they were at one moment that is not before the call. */
export async function readAll(
  client: EtcdClient,
  prefix: string,
  options: { readonly keysOnly?: boolean } = {},
): Promise<Listing> {
  for (;;) {
    try {
      return await readPages(client, prefix, options.keysOnly === true)
    } catch (error) {
      // Compacted between two pages: again, from a later moment.
      if (statusOf(error) !== Status.outOfRange) throw error
    }
  }
}

async function readPages(client: EtcdClient, prefix: string, keysOnly: boolean): Promise<Listing> {
  const kvs: KeyValue[] = []
  const whole = prefixRange(prefix)
  let next = whole.key
  let revision = 0
  for (;;) {
    const at = revision === 0 ? {} : { revision: String(revision) }
    const asked = { key: next, range_end: whole.range_end, limit: String(PAGE_KEYS), ...at }
    const answer = await range(client, keysOnly ? { ...asked, keys_only: true } : asked)
    revision ||= numberOf(answer.header?.revision)
    kvs.push(...(answer.kvs ?? []))
    const last = answer.kvs?.at(-1)?.key
    if (!answer.more || last === undefined) return { kvs, revision }
    next = Buffer.concat([Buffer.from(last, 'base64'), Buffer.of(0)]).toString('base64')
  }
}

const range = (client: EtcdClient, message: object): Promise<RangeAnswer> =>
  client.call<RangeAnswer>('/v3/kv/range', message, { effect: 'nothing' })
