import { randomInt } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { runAgent } from '../../src/agent/agent.ts'
import type { AgentEnvironment, AgentEvent } from '../../src/agent/environment.ts'
import { fakeBackupEngines, fakeRepositories } from '../../src/backups/fake/fake-backup-engine.ts'
import type { InstanceDocument } from '../../src/contract/documents/instance.ts'
import type { MemberDocument, MemberStatus } from '../../src/contract/documents/member.ts'
import { SUPERUSER } from '../../src/core/config/hba.ts'
import { instance } from '../../src/core/plan/documents.suite.ts'
import { memberDocument } from '../../src/core/plan/member-document.ts'
import { openSession } from '../../src/drivers/local/session.ts'
import { socketAccounts } from '../../src/drivers/local/socket.ts'
import { documents } from '../../src/store/documents.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { serverAccount } from '../../src/system/account.ts'
import { createAuthority } from '../../src/system/certificate-authority.ts'
import { removeTree } from '../../src/system/files.ts'
import { engineOf, NEWER } from './lab/engines.ts'
import { runFolder } from './lab/run-folder.ts'
import { until } from './lab/until.ts'

export type AgentRig = Awaited<ReturnType<typeof openAgentRig>>

/**
 * An agent on real servers of a folder of its own, with a store and no daemon: `await using rig = await openAgentRig()`.
 * At the end its servers are stopped and the folder is removed.
 */
export async function openAgentRig(given: Partial<AgentEnvironment> = {}) {
  const root = await mkdtemp(join(runFolder(), 'ha-'))
  await chmod(root, 0o755)
  const engine = await engineOf(NEWER)
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  const events: AgentEvent[] = []
  const log: unknown[] = []
  const env: AgentEnvironment = {
    host: undefined,
    store,
    documents: docs,
    backups: fakeBackupEngines(fakeRepositories()),
    account: serverAccount(),
    authority: await createAuthority({ name: 'test' }),
    event: (event) => void events.push(event),
    log: (message, facts) => void log.push([message, facts]),
    ...given,
  }
  let stop = new AbortController()
  let agent = runAgent(env, stop.signal)
  const idOf = (m: MemberDocument): [string, string, string] => [
    m.project,
    m.service,
    String(m.index),
  ]
  const statusOf = async (m: MemberDocument): Promise<MemberStatus | undefined> =>
    (await docs.observed.get(...idOf(m)))?.value

  const rig = {
    root,
    env,
    store,
    docs,
    events,
    log,
    account: env.account,
    accounts: socketAccounts(env.account),

    /** A member's first document, with the instance's, which nobody has written yet. */
    member(service: string, changes: Partial<MemberDocument> = {}) {
      const directory = join(root, service)
      const endpoint = { host: `127.99.${randomInt(256)}.${randomInt(1, 255)}`, port: 5432 }
      const place = {
        directory,
        socketDirectory: join(directory, 'socket'),
        certificateFile: join(directory, 'tls', 'server.pem'),
      }
      const of: InstanceDocument = { ...instance, service, id: service, endpoint }
      const doc: MemberDocument = {
        ...memberDocument({
          instance: of,
          binDirectory: engine.binDirectory,
          place,
          accounts: socketAccounts(serverAccount()),
          source: { kind: 'initdb', superuser: SUPERUSER, options: {} },
          archiving: {},
        }),
        ...changes,
      }
      return { instance: of, doc }
    },

    /** Writes what a member is to be, and gives it. */
    async want(doc: MemberDocument): Promise<MemberDocument> {
      await store.write([docs.members.put(idOf(doc), doc)])
      return doc
    },

    statusOf,

    /** The status when it is of this state and answers the newest document. */
    untilState: (m: MemberDocument, state: MemberStatus['state']): Promise<MemberStatus> =>
      until(`${m.service} ${state}`, async () => {
        const revision = (await docs.members.get(...idOf(m)))?.revision ?? 0
        const status = await statusOf(m)
        return status?.state === state && status.memberRevision >= revision && status
      }),

    async query<T>(m: MemberDocument, sql: string): Promise<T[]> {
      const session = await openSession(m, { database: 'postgres', role: SUPERUSER })
      try {
        return await session.query<T>(sql)
      } finally {
        await session.close()
      }
    },

    async stopAgent(): Promise<void> {
      stop.abort()
      await agent
    },
    startAgent(): void {
      stop = new AbortController()
      agent = runAgent(env, stop.signal)
    },

    async [Symbol.asyncDispose]() {
      const members = await docs.members.list()
      for (const { value } of members) await rig.want({ ...value, wanted: 'absent' })
      for (const { value } of members) await rig.untilState(value, 'absent')
      await rig.stopAgent()
      await store.close()
      await removeTree(root)
    },
  }
  return rig
}
