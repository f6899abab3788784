import type { EtcdClient } from '../etcd/etcd-client.ts'
import {
  decodeText,
  encodeText,
  numberOf,
  prefixRange,
  type RangeAnswer,
  type TxnAnswer,
} from '../etcd/messages.ts'

/** Who has the lease of a scope. */
export interface LeaderKey {
  /** The member’s name. */
  readonly leader: string
  /** Of the key’s last change: another value, or the same one under another lease, has another. */
  readonly revision: number
}

/** Patroni’s default namespace. */
const prefixOf = (scope: string): string => `/service/${scope}/`

/** The leader’s key; undefined when nobody has it. Throws STORE_… */
export async function readLeader(
  client: EtcdClient,
  scope: string,
): Promise<LeaderKey | undefined> {
  const kv = await read(client, `${prefixOf(scope)}leader`)
  return kv && { leader: kv.value, revision: kv.revision }
}

/**
 * Takes the lease from a leader that is proven dead, so that the others need not wait for its end. Only from the one that was
 * seen: false when the key has changed since, and nothing was done. A leader that lives takes it again with its next loop.
 */
export async function releaseLeader(
  client: EtcdClient,
  scope: string,
  { leader, revision }: LeaderKey,
): Promise<boolean> {
  const key = encodeText(`${prefixOf(scope)}leader`)
  const message = {
    compare: [
      { key, target: 'MOD', result: 'EQUAL', mod_revision: String(revision) },
      { key, target: 'VALUE', result: 'EQUAL', value: encodeText(leader) },
    ],
    success: [{ request_delete_range: { key } }],
  }
  // A second try finds the key gone, and says false: the first one has done it then, or somebody else.
  const answer = await client.call<TxnAnswer>('/v3/kv/txn', message, { effect: 'same' })
  return answer.succeeded === true
}

/** Whether the scope was founded: it has the system identifier of its data. Throws STORE_… */
export async function isFounded(client: EtcdClient, scope: string): Promise<boolean> {
  const kv = await read(client, `${prefixOf(scope)}initialize`)
  return kv !== undefined && kv.value !== ''
}

/** Forgets all that Patroni keeps of a scope: for an instance that is gone, or alone again. Throws STORE_… */
export async function forgetScope(client: EtcdClient, scope: string): Promise<void> {
  const range = prefixRange(prefixOf(scope))
  await client.call('/v3/kv/deleterange', range, { effect: 'same' })
}

async function read(client: EtcdClient, key: string) {
  const message = { key: encodeText(key) }
  const { kvs } = await client.call<RangeAnswer>('/v3/kv/range', message, { effect: 'nothing' })
  const [kv] = kvs ?? []
  return kv && { value: decodeText(kv.value), revision: numberOf(kv.mod_revision) }
}
