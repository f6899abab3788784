import { randomInt } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { runAgent } from '../../../src/agent/agent.ts'
import type { AgentEnvironment, AgentEvent } from '../../../src/agent/environment.ts'
import { type PatroniDocument, patroniPlaces } from '../../../src/agent/patroni/places.ts'
import { restPassword } from '../../../src/agent/patroni/access.ts'
import {
  fakeBackupEngines,
  fakeRepositories,
} from '../../../src/backups/fake/fake-backup-engine.ts'
import type { InstanceDocument } from '../../../src/contract/documents/instance.ts'
import type {
  Durability,
  MemberDocument,
  MemberStatus,
} from '../../../src/contract/documents/member.ts'
import { SUPERUSER } from '../../../src/core/config/hba.ts'
import { REST_USER } from '../../../src/core/config/patroni.ts'
import { sharedSettings } from '../../../src/core/config/patroni-settings.ts'
import { serverSettings } from '../../../src/core/config/postgresql.ts'
import { instance } from '../../../src/core/plan/documents.suite.ts'
import { memberDocument } from '../../../src/core/plan/member-document.ts'
import { openSession } from '../../../src/drivers/local/session.ts'
import { socketAccounts, socketDirectoryOf } from '../../../src/drivers/local/socket.ts'
import { documents } from '../../../src/store/documents.ts'
import { openEtcdStore } from '../../../src/store/etcd/etcd-store.ts'
import { serverAccount } from '../../../src/system/account.ts'
import { removeTree } from '../../../src/system/files.ts'
import { isRunnable } from '../../../src/system/entries.ts'
import { findPatroni } from '../../../src/system/patroni/program.ts'
import type { PatroniAccess } from '../../../src/system/patroni/rest.ts'
import { listProcesses } from '../../../src/system/processes.ts'
import { EtcdCluster, withoutEtcd } from './etcd-cluster.ts'
import { runFolder } from './run-folder.ts'
import { until } from './until.ts'

/** Debian 12’s. Copies need pg_basebackup, which engines from npm do not have. */
const MAJOR = 15
const BIN = `/usr/lib/postgresql/${MAJOR}/bin`

/** Of a folder that HOWDAH_TEST_PATRONI names, to try another release. */
process.env['PATH'] = [process.env['HOWDAH_TEST_PATRONI'], process.env['PATH']]
  .filter((path) => path !== undefined)
  .join(delimiter)

const program = await findPatroni()
const missing =
  withoutEtcd ??
  (program ? undefined : 'there is no Patroni on this machine') ??
  ((await isRunnable(`${BIN}/pg_basebackup`)) ? undefined : `there is no ${BIN}`)
if (missing && process.env['CI'] === 'true') {
  throw new Error(`${missing}: scripts/ci-packages.sh should have installed it`)
}

/** Why tests of members by Patroni are skipped; undefined where they can run. */
export const withoutPatroni = missing

/** The strongest that this release has. */
export const durability: Durability = program?.version.startsWith('patroni 3') ? 'sync' : 'quorum'

/** Three agents of three hosts, each on an address of its own, with one real etcd: `await using hosts = await PatroniHosts.open()`. */
export class PatroniHosts implements AsyncDisposable {
  readonly #root: string
  readonly #cluster: EtcdCluster
  readonly #envs: readonly AgentEnvironment[]
  readonly #agents: Promise<void>
  readonly #stop: AbortController
  readonly events: readonly AgentEvent[]
  readonly log: readonly unknown[]

  private constructor(
    root: string,
    cluster: EtcdCluster,
    envs: readonly AgentEnvironment[],
    told: { readonly events: readonly AgentEvent[]; readonly log: readonly unknown[] },
  ) {
    this.#root = root
    this.#cluster = cluster
    this.#envs = envs
    this.events = told.events
    this.log = told.log
    this.#stop = new AbortController()
    this.#agents = Promise.all(envs.map((env) => runAgent(env, this.#stop.signal))).then(() => {})
  }

  static async open(): Promise<PatroniHosts> {
    const root = await mkdtemp(join(runFolder(), 'hp-'))
    await chmod(root, 0o755)
    const cluster = await EtcdCluster.start(1)
    const events: AgentEvent[] = []
    const log: unknown[] = []
    const open = async (host: string): Promise<AgentEnvironment> => {
      const store = await openEtcdStore(cluster.access())
      return {
        host,
        store,
        documents: documents(store),
        backups: fakeBackupEngines(fakeRepositories()),
        account: serverAccount(),
        authority: cluster.authority,
        event: (event) => void events.push(event),
        log: (message, facts) => void log.push([host, message, facts]),
      }
    }
    const envs = [await open('h0'), await open('h1'), await open('h2')]
    return new PatroniHosts(root, cluster, envs, { events, log })
  }

  get etcd(): EtcdCluster {
    return this.#cluster
  }

  /** The member of that number, on the host of that number, as one of an instance that has several. */
  member(index: number, durability: Durability): PatroniDocument {
    const directory = join(this.#root, `h${index}`, 'db')
    const address = this.#addresses[index]!
    const socketDirectory = socketDirectoryOf(this.#root, `h${index}`)
    const place = {
      directory,
      socketDirectory,
      certificateFile: join(directory, 'tls', 'server.pem'),
    }
    const of: InstanceDocument = {
      ...instance,
      engine: { id: `system-${MAJOR}`, major: MAJOR, minor: 0 },
      endpoint: { host: address, port: 5432 },
    }
    const alone = memberDocument({
      instance: of,
      binDirectory: BIN,
      place,
      accounts: socketAccounts(serverAccount()),
      source: { kind: 'initdb', superuser: SUPERUSER, options: {} },
      archiving: {},
    })
    const { certificateFile } = place
    const settings = { ...of, certificateFile, socketDirectory, major: MAJOR, size: of }
    return {
      ...alone,
      index,
      host: `h${index}`,
      patroni: {
        scope: of.id,
        name: `h${index}`,
        address,
        restPort: 8008,
        etcd: this.#cluster.members.map((m) => `${m.address}:${m.clientPort}`),
        founds: index === 0,
        durability,
        shared: sharedSettings(serverSettings({ ...settings, archives: false })),
      },
    }
  }

  readonly #addresses = [0, 1, 2].map(
    () => `127.${randomInt(2, 250)}.${randomInt(1, 250)}.${randomInt(2, 250)}`,
  )

  /** Writes what a member is to be, and gives it. */
  async want<D extends MemberDocument>(doc: D): Promise<D> {
    const [{ store, documents: docs }] = this.#envs as [AgentEnvironment]
    await store.write([docs.members.put(idOf(doc), doc)])
    return doc
  }

  async statusOf(doc: MemberDocument): Promise<MemberStatus | undefined> {
    const [{ documents: docs }] = this.#envs as [AgentEnvironment]
    return (await docs.observed.get(...idOf(doc)))?.value
  }

  /** The status that fits, of the newest document. */
  until(doc: MemberDocument, what: string, fits: (status: MemberStatus) => boolean) {
    const [{ documents: docs }] = this.#envs as [AgentEnvironment]
    return until(`member ${doc.index} ${what}`, async () => {
      const revision = (await docs.members.get(...idOf(doc)))?.revision ?? 0
      const status = await this.statusOf(doc)
      return status && status.memberRevision >= revision && fits(status) && status
    })
  }

  async query<T>(doc: MemberDocument, sql: string): Promise<T[]> {
    const session = await openSession(doc, { database: 'postgres', role: SUPERUSER })
    try {
      return await session.query<T>(sql)
    } finally {
      await session.close()
    }
  }

  /** How its Patroni is asked, as a daemon of another host does. */
  access(doc: PatroniDocument): PatroniAccess {
    const { credentials } = this.#cluster.access()
    const { address, restPort, scope } = doc.patroni
    const password = restPassword({ authority: this.#cluster.authority }, scope)
    return { address, port: restPort, credentials, user: REST_USER, password }
  }

  /** Of another authority. */
  async strangersCredentials(): Promise<PatroniAccess['credentials']> {
    return (await this.#cluster.accessOfStranger()).credentials
  }

  /** The process of its Patroni. */
  patroniPid(doc: PatroniDocument): number | undefined {
    const { configFile } = patroniPlaces(doc)
    return listProcesses().find(({ args }) => args.at(-1) === configFile)?.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [{ documents: docs }] = this.#envs as [AgentEnvironment]
    const members = await docs.members.list()
    for (const { value } of members) await this.want({ ...value, wanted: 'absent' as const })
    for (const { value } of members) await this.until(value, 'gone', (s) => s.state === 'absent')
    this.#stop.abort()
    await this.#agents
    for (const { store } of this.#envs) await store.close()
    await this.#cluster[Symbol.asyncDispose]()
    await removeTree(this.#root)
  }
}

const idOf = (m: MemberDocument): [string, string, string] => [
  m.project,
  m.service,
  String(m.index),
]
