import { onTestFinished } from 'vitest'
import { fakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import type { HostFile } from '../../contract/documents/host.ts'
import type { PreflightFinding } from '../../contract/host.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { AppError } from '../../errors/app-error.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { copyDocuments } from '../../store/copy-documents.ts'
import type { Store } from '../../store/store.ts'
import type { Dependencies, NewEvent, Secrets } from '../dependencies.ts'
import { dependenciesOf, type Life } from '../fake-host.suite.ts'
import { admitHost, withdrawHost } from './admit.ts'
import type { HostMachine } from './machine.ts'
import { intoCluster, liveOperationsOf, ofOperations, outOfCluster } from './moved-documents.ts'

/** One machine: what outlives its daemon. */
export interface FakeHome {
  readonly sqlite: { store: Store }
  file: HostFile | undefined
  /** Whose key and authority it has. */
  key: string
  runsEtcd: boolean
  isListening: boolean
}

/** What all hosts of a cluster share: etcd’s documents and its members by their address. */
export interface FakeCluster {
  readonly store: Store
  readonly etcd: Map<string, 'learner' | 'voter'>
}

export const findings: PreflightFinding[] = [
  { about: 'memory', verdict: 'fine', sentence: 'This machine has 8 GiB of memory.' },
]

function newStore(): Store {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  return store
}

export const newHome = (key: string): FakeHome => ({
  sqlite: { store: newStore() },
  file: undefined,
  key,
  runsEtcd: false,
  isListening: false,
})
export const newCluster = (): FakeCluster => ({ store: newStore(), etcd: new Map() })

/** Where a daemon that starts finds its state; a move that was begun is finished first, as the real one does. */
export async function openStoreOf(home: FakeHome, cluster: FakeCluster): Promise<Store> {
  const { file } = home
  if (file?.state === 'moving') {
    await copyDocuments(home.sqlite.store, cluster.store, intoCluster(file))
    home.file = { ...file, state: 'member' }
  }
  if (file?.state === 'leaving') {
    const own = newStore()
    const convert = file.isLast
      ? outOfCluster
      : ofOperations(await liveOperationsOf(cluster.store, file.host.name))
    await copyDocuments(cluster.store, own, convert)
    home.sqlite.store = own
    home.file = undefined
  }
  return home.file?.state === 'member' ? cluster.store : home.sqlite.store
}

/** What happens to a machine; looking at it is none. A life ends before the next of these. */
const effects = [
  'writeFile',
  'installPackages',
  'keepBundle',
  'startEtcd',
  'removeEtcd',
  'moveStore',
  'putBack',
  'listen',
  'stopListening',
  'askToJoin',
  'withdraw',
]

export interface FakeParts {
  readonly home: FakeHome
  readonly cluster: FakeCluster
  readonly life: Life
  /** Fails for good when it is called. */
  readonly refuses?: keyof HostMachine | 'promote' | undefined
  /** A host that answers those who want to join. */
  readonly door?: FakeHome | undefined
}

/** What procedures work with in one life of a daemon on such a machine. */
export async function hostDependencies(
  parts: FakeParts,
): Promise<{ store: Store; dependencies: Dependencies; events: NewEvent[] }> {
  const { home, cluster, life } = parts
  const store = await openStoreOf(home, cluster)
  const made = dependenciesOf(store, fakeMachine(), fakeRepositories(), life)
  const machine = life.of(fakeHostMachine(parts), (method) => effects.includes(method))
  const host = home.file?.state === 'member' ? home.file.host.name : undefined
  const secrets = secretsUnder(home.key)
  return { ...made, dependencies: { ...made.dependencies, host, machine, secrets } }
}

/** As strict as the real ones: what was sealed under another key does not open. The key is read once, as a daemon starts. */
export const secretsUnder = (key: string): Secrets => ({
  seal: (name, value) => JSON.stringify([key, name, value]),
  open: (name, sealed) => {
    const [sealedUnder, sealedFor, value] = JSON.parse(sealed) as [string, string, string]
    if (sealedUnder === key && sealedFor === name) return value
    throw new AppError('INTERNAL', `sealed under ${sealedUnder}, opened with ${key}`)
  },
  fingerprint: (name, value) => `${key} ${name} ${value}`,
  scramVerifier: (password) => password,
})

function fakeHostMachine({ home, cluster, life, refuses, door }: FakeParts): HostMachine {
  const maybe = (method: string): void => {
    if (refuses === method) throw new AppError('PACKAGES_FAILED', `no ${method}`)
  }
  const addressOf = (file: HostFile): string => file.host.address
  const doorway = async (): Promise<Dependencies> => {
    if (!door) throw new AppError('DAEMON_UNREACHABLE', 'nobody answers')
    return (await hostDependencies({ home: door, cluster, life })).dependencies
  }
  return {
    file: async () => home.file,
    writeFile: async (file) => void (home.file = file),
    preflight: async () => findings,
    installPackages: async () => {
      maybe('installPackages')
      return { added: [], etcdVersion: '3.5.16' }
    },
    newClusterId: () => 'cluster-id',
    ports: () => ({ api: 1, etcdClient: 2, etcdPeer: 3, etcdMetrics: 4 }),
    bundle: async () => ({ caCertPem: 'ca', caKeyPem: 'key', configKey: home.key }),
    keepBundle: async ({ configKey }) => {
      maybe('keepBundle')
      home.key = configKey
    },
    startEtcd: async (file) => {
      maybe('startEtcd')
      if (file.came === 'first') cluster.etcd.set(addressOf(file), 'voter')
      if (!cluster.etcd.has(addressOf(file))) throw new Error('etcd was not told of this member')
      home.runsEtcd = true
    },
    etcd: () => ({
      members: async () =>
        [...cluster.etcd].map(([address, kind]) => ({
          id: address,
          address,
          role: kind === 'learner' ? 'learner' : 'follower',
        })),
      addLearner: async (address) => {
        if (!cluster.etcd.has(address)) cluster.etcd.set(address, 'learner')
      },
      promote: async (address) => {
        maybe('promote')
        if (!home.runsEtcd) throw new Error('a member that does not run does not catch up')
        cluster.etcd.set(address, 'voter')
      },
      remove: async (address) => void cluster.etcd.delete(address),
    }),
    removeEtcd: async () => {
      home.runsEtcd = false
    },
    moveStore: async (file, signal) => {
      const isDone = file.state === 'moving' ? home.file?.state === 'member' : !home.file
      if (isDone) return
      maybe('moveStore')
      home.file = file
      life.end()
      signal.throwIfAborted()
    },
    putBack: async ({ signal }) => {
      home.runsEtcd = false
      home.file = undefined
      if (home.key === 'own') return
      home.key = 'own'
      // What runs was opened with the other key.
      life.end()
      signal.throwIfAborted()
    },
    listen: async () => void (home.isListening = true),
    stopListening: async () => void (home.isListening = false),
    askToJoin: async (_, wanted) => {
      maybe('askToJoin')
      return admitHost(await doorway(), wanted)
    },
    withdraw: async (_, wanted) => void (await withdrawHost(await doorway(), wanted)),
  }
}

/** The documents that are there, by their key. */
export async function documentsOf(store: Store): Promise<Record<string, unknown>> {
  const all = await store.list('')
  return Object.fromEntries(all.map(({ key, value }) => [key, value]))
}
