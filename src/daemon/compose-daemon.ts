import { randomBytes } from 'node:crypto'
import type { AgentEnvironment } from '../agent/environment.ts'
import { backupEngines } from '../backups/backup-engines.ts'
import { createCopyEngine } from '../backups/copy/copy-engine.ts'
import { createApp } from '../api/app.ts'
import type { Services } from '../api/services.ts'
import { createLocalDriver } from '../drivers/local/local-driver.ts'
import type { NewEvent } from '../operations/dependencies.ts'
import { isOwn } from '../contract/own-host.ts'
import { type Documents, documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import type { Account } from '../system/account.ts'
import { ensureDirectory } from '../system/files.ts'
import { rotateLog } from '../system/rotate-log.ts'
import { scramVerifier } from '../system/scram.ts'
import { readServerLog } from '../system/tools/server-log.ts'
import { openVault, type Vault } from '../system/vault.ts'
import { openAuthority } from './authority.ts'
import { createEvents } from './events.ts'
import { homeLayout } from './home.ts'
import { createHostMachine } from './host-machine.ts'
import { amongHosts } from './host/among-hosts.ts'
import { etcdLayout } from './host/etcd-layout.ts'
import type { EtcdMember } from './host/etcd-member.ts'
import { runHostParts } from './host/host-parts.ts'
import type { OpenedStore } from './host/open-store.ts'
import { startedAt, version } from './release.ts'
import { openRepositories } from './repositories.ts'
import type { Log } from './log.ts'
import { uploads } from './uploads.ts'
import { RemoteDoor } from './remote-door.ts'

export interface Opening {
  readonly home: string
  readonly log: Log
  readonly account: Account | undefined
  readonly member: EtcdMember
  readonly opened: OpenedStore
  /** Ends the daemon. */
  readonly stop: () => void
  /** Lets go of everything and opens it again, where the state is then. */
  readonly reopen: () => void
}

/** Puts the parts of a daemon together: who knows whom is decided here and nowhere else. */
export async function composeDaemon({ home, log, stop, ...opening }: Opening) {
  const { account, member, opened, reopen } = opening
  const paths = homeLayout(home)
  const { store, cluster } = opened
  const docs = documents(store)
  const vault = await openSecrets(home, store)
  const authority = await openAuthority(home)
  const events = createEvents(store, docs)
  const driver = createLocalDriver({
    home,
    account,
    warn: (facts, message) => log.warn(facts, message),
  })
  const secrets = { ...vault, scramVerifier: (password: string) => scramVerifier(password) }
  const repositories = await openRepositories({ documents: docs, secrets, driver }, account)
  const copy = createCopyEngine({ home, account, driver })
  const backups = backupEngines(copy, repositories.engine)
  const tell = (event: NewEvent): void => {
    log[event.severity === 'warning' ? 'warn' : event.severity](event, event.message)
    events.record(event).catch((error: unknown) => log.error({ error }, 'event not kept'))
  }
  const known = { home, authority, store, documents: docs, event: tell }
  const among = amongHosts({ ...known, file: cluster?.file })
  const remote = new RemoteDoor({ ...known, carry: among.carry })
  const sent = uploads(paths.uploads)
  const services: Services = {
    store,
    documents: docs,
    driver,
    backups,
    secrets,
    event: (event) => events.record(event),
    newId: () => randomBytes(5).toString('hex'),
    host: cluster?.file.host.name,
    machine: createHostMachine({
      home,
      store,
      documents: docs,
      member,
      reopen,
      untilServed: () => among.untilOpen(),
    }),
    daemon: { status: () => status(home, docs, cluster?.file.host.name), stop },
    caFile: paths.caCertificate,
    peers: among.peers,
    remote,
    uploads: sent,
    repositories: repositories.services,
    readLog: readServerLog,
  }
  const agentEnvironment: AgentEnvironment = {
    store,
    documents: docs,
    host: services.host,
    account,
    backups,
    authority,
    event: tell,
    log: (message, facts) => log.warn(facts, message),
  }
  const app = createApp(services, (error) => log.error({ error }, 'request failed'))
  return {
    store,
    services,
    agentEnvironment,
    events,
    app,
    remote,
    among,
    copy: opened.copy,
    /** What a host does beside its servers. */
    runHostParts: (signal: AbortSignal) => {
      const onError = (error: unknown): void => log.error({ error }, 'host')
      const known = { home, store, documents: docs, authority, member, cluster }
      return runHostParts({ ...known, event: tell, onError }, signal)
    },
    pruneUploads: () => sent.prune(new Date()),
    /** Loads what the first `up` would wait for. */
    warmUp: async () => {
      await import('../system/server-certificate.ts')
      await driver.engines()
    },
    rotateLogs: async () => {
      const members = await docs.members.list()
      for (const { value } of members) {
        if (isOwn(services.host, value)) await rotateLog(`${value.directory}/log/postgresql.log`)
      }
      await rotateLog(etcdLayout(home).log)
      await rotateLog(paths.logFile)
    },
  }
}

/** A key is made for a home without secrets alone: a new key would open none of those that are there. */
async function openSecrets(home: string, store: Store): Promise<Vault> {
  const { keys, configKey } = homeLayout(home)
  await ensureDirectory(keys, { mode: 0o700 })
  const sealed = await Promise.all(
    ['config/', 'credentials/', 'snapshots/', 'lineages/'].map((prefix) => store.list(prefix)),
  )
  return openVault(configKey, { create: sealed.every((entries) => entries.length === 0) })
}

/** Of this host, in a cluster. */
async function status(home: string, docs: Documents, host: string | undefined) {
  const [instances, locks] = await Promise.all([docs.instances.list(), docs.locks.list()])
  const held = new Set(locks.map((l) => l.value.operation))
  const live = await Promise.all([...held].map((id) => docs.operations.get(id)))
  return {
    version,
    pid: process.pid,
    home,
    startedAt,
    instances: instances.filter(({ value }) => isOwn(host, value)).length,
    liveOperations: live.filter((found) => found && isOwn(host, found.value)).length,
    memoryBytes: process.memoryUsage.rss(),
    logFile: homeLayout(home).logFile,
  }
}
