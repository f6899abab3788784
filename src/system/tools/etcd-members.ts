import { alarmsOf, type EtcdClient } from '../etcd/etcd-client.ts'
import { encodeText, type Header, numberOf } from '../etcd/messages.ts'

/** One member as its cluster knows it. */
export interface EtcdMember {
  /** A 64-bit number in decimal. */
  readonly id: string
  /** Empty until it has started for the first time. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  /** It gets all that is written, and has no vote yet. */
  readonly isLearner: boolean
}

/** What one member says of itself. */
export interface EtcdHealth {
  /** `3.5.16` */
  readonly version: string
  readonly memberId: string
  /** Undefined while it knows of none. */
  readonly leaderId: string | undefined
  readonly isLearner: boolean
  readonly databaseBytes: number
  /** Of that, what is not free again. The rest comes back by {@link defragment}. */
  readonly usedBytes: number
  /** How far it has come; a member that lags is behind the others here. */
  readonly appliedIndex: number
}

interface MemberMessage {
  readonly ID?: string
  readonly name?: string
  readonly peerURLs?: readonly string[]
  readonly clientURLs?: readonly string[]
  readonly isLearner?: boolean
}

const read = { effect: 'nothing' } as const
const same = { effect: 'same' } as const

/** All members, by the cluster's majority from etcd 3.5 on. */
export async function listMembers(client: EtcdClient): Promise<EtcdMember[]> {
  const asked = { linearizable: true }
  const { members } = await client.call<Members>('/v3/cluster/member/list', asked, read)
  return (members ?? []).map(memberOf)
}

/**
 * Adds a member that has not started yet, as a learner: it must not count for the majority before it has the data. One that was added
 * before is given as it is.
 */
export async function addLearner(client: EtcdClient, peerUrl: string): Promise<EtcdMember> {
  const known = async (): Promise<EtcdMember | undefined> =>
    (await listMembers(client)).find(({ peerUrls }) => peerUrls.includes(peerUrl))
  const before = await known()
  if (before) return before
  try {
    const asked = { peerURLs: [peerUrl], isLearner: true }
    const answer = await client.call<{ member?: MemberMessage }>(
      '/v3/cluster/member/add',
      asked,
      same,
    )
    return memberOf(answer.member ?? {})
  } catch (error) {
    // Done by a copy whose answer was lost.
    const found = await known()
    if (!found) throw error
    return found
  }
}

/** Gives a learner its vote, if it has none. STORE_REFUSED (failed precondition) while it is too far behind. */
export async function promoteLearner(client: EtcdClient, id: string): Promise<void> {
  try {
    await client.call('/v3/cluster/member/promote', { ID: id }, same)
  } catch (error) {
    const isVoter = (member: EtcdMember): boolean => member.id === id && !member.isLearner
    if (!(await listMembers(client)).some(isVoter)) throw error
  }
}

/** Takes a member out, if it is there. Refused or STORE_OUTCOME_UNKNOWN when those that are left would have no majority that is up. */
export async function removeMember(client: EtcdClient, id: string): Promise<void> {
  try {
    await client.call('/v3/cluster/member/remove', { ID: id }, same)
  } catch (error) {
    if ((await listMembers(client)).some((member) => member.id === id)) throw error
  }
}

/** Makes another member the leader, if it is not. The leader itself is asked: the others refuse. */
export async function moveLeader(client: EtcdClient, id: string): Promise<void> {
  const leaderId = await leaderOf(client)
  if (leaderId === id) return
  const leader = (await listMembers(client)).find((member) => member.id === leaderId)
  const endpoint = leader?.clientUrls[0]
  const options = { effect: 'once', ...(endpoint === undefined ? {} : { endpoint }) } as const
  try {
    await client.call('/v3/maintenance/transfer-leadership', { targetID: id }, options)
  } catch (error) {
    if ((await leaderOf(client)) !== id) throw error
  }
}

async function leaderOf(client: EtcdClient): Promise<string | undefined> {
  const { leader } = await client.call<StatusMessage>('/v3/maintenance/status', {}, read)
  return leader
}

/** Asks one member. It may answer while it is cut off from the others; {@link hasMajority} says whether it is. */
export async function memberHealth(client: EtcdClient, endpoint: string): Promise<EtcdHealth> {
  const options = { ...read, endpoint, deadlineMs: 0 }
  const status = await client.call<StatusMessage>('/v3/maintenance/status', {}, options)
  return {
    version: status.version ?? '',
    memberId: status.header?.member_id ?? '',
    leaderId: status.leader,
    isLearner: status.isLearner === true,
    databaseBytes: numberOf(status.dbSize),
    usedBytes: numberOf(status.dbSizeInUse),
    appliedIndex: numberOf(status.raftAppliedIndex),
  }
}

/** Whether this member can read what the majority agrees on. False also when it does not answer. */
export async function hasMajority(client: EtcdClient, endpoint: string): Promise<boolean> {
  const asked = { key: encodeText('health'), limit: '1' }
  try {
    await client.call('/v3/kv/range', asked, { ...read, endpoint, deadlineMs: 0 })
    return true
  } catch {
    return false // that is the question
  }
}

/** Alarms that are on: `NOSPACE` (its quota is reached), `CORRUPT` (members differ). */
export async function listAlarms(client: EtcdClient): Promise<string[]> {
  return alarmsOf(await client.call<object>('/v3/maintenance/alarm', { action: 'GET' }, read))
}

/** Ends an alarm on all members, when its cause is gone. */
export async function disarm(client: EtcdClient, alarm: 'NOSPACE' | 'CORRUPT'): Promise<void> {
  const alarms = await client.call<{ alarms?: readonly { memberID?: string; alarm?: string }[] }>(
    '/v3/maintenance/alarm',
    { action: 'GET' },
    read,
  )
  for (const { memberID, alarm: on } of alarms.alarms ?? []) {
    if (on !== alarm) continue
    await client.call('/v3/maintenance/alarm', { action: 'DEACTIVATE', memberID, alarm }, same)
  }
}

/** Forgets all history before now. Watches that are behind compare instead. */
export async function compact(client: EtcdClient): Promise<void> {
  const anyKey = { key: encodeText('health'), limit: '1' }
  const { header } = await client.call<{ header?: Header }>('/v3/kv/range', anyKey, read)
  const asked = { revision: header?.revision, physical: true }
  await client.call('/v3/kv/compaction', asked, same)
}

/** Gives free room in one member's file back to the disk. The member answers nobody meanwhile: one at a time, the leader last. */
export async function defragment(client: EtcdClient, endpoint: string): Promise<void> {
  await client.call('/v3/maintenance/defragment', {}, { effect: 'same', endpoint })
}

interface Members {
  readonly members?: readonly MemberMessage[]
}

interface StatusMessage {
  readonly header?: Header
  readonly version?: string
  readonly leader?: string
  readonly isLearner?: boolean
  readonly dbSize?: string
  readonly dbSizeInUse?: string
  readonly raftAppliedIndex?: string
}

const memberOf = (m: MemberMessage): EtcdMember => ({
  id: m.ID ?? '',
  name: m.name ?? '',
  peerUrls: m.peerURLs ?? [],
  clientUrls: m.clientURLs ?? [],
  isLearner: m.isLearner === true,
})
