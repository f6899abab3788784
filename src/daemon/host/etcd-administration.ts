import { setTimeout as delay } from 'node:timers/promises'
import type { HostFile } from '../../contract/documents/host.ts'
import { url } from '../../core/config/etcd.ts'
import { AppError } from '../../errors/app-error.ts'
import type { EtcdAdministration, EtcdMemberState } from '../../operations/host/machine.ts'
import type { EtcdAccess, EtcdClient } from '../../system/etcd/etcd-client.ts'
import {
  addLearner,
  type EtcdMember,
  listMembers,
  memberHealth,
  promoteLearner,
  removeMember,
} from '../../system/tools/etcd-members.ts'
import { askEtcd } from './etcd-access.ts'

const LOOK_MS = 200
/** A member that has not said a word for so long is as good as down: somebody waits for the answer. */
const SILENCE_MS = 1500
/** etcd has one learner at a time, and another host that joins needs seconds; so does a member that has just been added to be seen by all. */
const ADDING_MS = 60_000

/** Asks and changes which members a cluster of etcd has; a host is known by where its member meets the others. */
export function etcdAdministration(
  access: () => Promise<EtcdAccess>,
  { ports }: Pick<HostFile, 'ports'>,
): EtcdAdministration {
  const peerUrl = (address: string): string => url(address, ports.etcdPeer)
  const asking = async <T>(ask: (client: EtcdClient) => Promise<T>): Promise<T> =>
    askEtcd({ ...(await access()), silenceMs: SILENCE_MS }, ask)
  const find = async (client: EtcdClient, address: string): Promise<EtcdMember | undefined> =>
    (await listMembers(client)).find(({ peerUrls }) => peerUrls.includes(peerUrl(address)))

  return {
    members: () => asking(membersNow),
    addLearner: (address) =>
      asking(async (client) => {
        const untilMs = performance.now() + ADDING_MS
        const mayWait = (): boolean => performance.now() < untilMs
        await whileRefused(() => addLearner(client, peerUrl(address)), mayWait)
      }),
    promote: (address, { signal, report }) =>
      asking(async (client) => {
        const promoteIt = async (): Promise<void> => {
          const member = await find(client, address)
          if (!member) throw new AppError('STORE_REFUSED', `etcd has no member at ${address}`)
          if (member.isLearner) await promoteLearner(client, member.id)
        }
        const mayWait = async (): Promise<boolean> => {
          report('waiting until etcd here has what the others have')
          signal.throwIfAborted()
          return (await find(client, address)) !== undefined
        }
        await whileRefused(promoteIt, mayWait)
      }),
    remove: (address) =>
      asking(async (client) => {
        const member = await find(client, address)
        if (member) await removeMember(client, member.id)
      }),
  }
}

async function membersNow(client: EtcdClient): Promise<EtcdMemberState[]> {
  return Promise.all(
    (await listMembers(client)).map(async (member) => {
      const state = { id: member.id, address: addressOf(member), role: 'down' } as const
      const [endpoint] = member.clientUrls
      // Until it has started for the first time nobody knows where it is asked.
      if (endpoint === undefined) return state
      try {
        const { version, memberId, leaderId } = await memberHealth(client, endpoint)
        const role = memberId === leaderId ? 'leader' : 'follower'
        return { ...state, version, role: member.isLearner ? 'learner' : role } as const
      } catch {
        return state // that is what “down” means
      }
    }),
  )
}

/** Without the brackets around IPv6. */
function addressOf({ peerUrls }: EtcdMember): string {
  const [peerUrl] = peerUrls
  return peerUrl === undefined ? '' : new URL(peerUrl).hostname.replace(/^\[|\]$/g, '')
}

/** Repeats what etcd refuses for the moment. */
async function whileRefused(
  act: () => Promise<unknown>,
  mayWait: () => boolean | Promise<boolean>,
): Promise<void> {
  for (;;) {
    try {
      await act()
      return
    } catch (error) {
      if (AppError.from(error).code !== 'STORE_REFUSED' || !(await mayWait())) throw error
    }
    await delay(LOOK_MS)
  }
}
