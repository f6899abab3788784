import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { AgentEnvironment } from '../agent/environment.ts'
import { backupEngines } from '../backups/backup-engines.ts'
import { createCopyEngine } from '../backups/copy/copy-engine.ts'
import { createApp } from '../api/app.ts'
import type { Services } from '../api/services.ts'
import { createLocalDriver } from '../drivers/local/local-driver.ts'
import type { NewEvent } from '../operations/dependencies.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/sqlite-store.ts'
import { type Account, serverAccount } from '../system/account.ts'
import { ensureDirectory } from '../system/files.ts'
import { rotateLog } from '../system/rotate-log.ts'
import { scramVerifier } from '../system/scram.ts'
import { readServerLog } from '../system/tools/server-log.ts'
import { openVault, type Vault } from '../system/vault.ts'
import { openAuthority } from './authority.ts'
import { checkReachable } from './check-reachable.ts'
import { createEvents } from './events.ts'
import { homeLayout } from './home.ts'
import { openRepositories } from './repositories.ts'
import type { Log } from './log.ts'
import { uploads } from './uploads.ts'
import { RemoteDoor } from './remote-door.ts'

/** Puts the parts of a daemon together: who knows whom is decided here and nowhere else. */
export async function openDaemon(home: string, log: Log, stop: () => void) {
  const paths = homeLayout(home)
  const account: Account | undefined = serverAccount()
  if (account) await checkReachable(home, account)
  const store = openSqliteStore(paths.state)
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
  const remote = new RemoteDoor({ home, authority, store, documents: docs, event: tell })
  const sent = uploads(paths.uploads)
  const services: Services = {
    store,
    documents: docs,
    driver,
    backups,
    secrets,
    event: (event) => events.record(event),
    newId: () => randomBytes(5).toString('hex'),
    daemon: { status: () => status(home, docs), stop },
    caFile: paths.caCertificate,
    remote,
    uploads: sent,
    repositories: repositories.services,
    readLog: readServerLog,
  }
  const agentEnvironment: AgentEnvironment = {
    store,
    documents: docs,
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
    pruneUploads: () => sent.prune(new Date()),
    /** Loads what the first `up` would wait for. */
    warmUp: async () => {
      await import('../system/server-certificate.ts')
      await driver.engines()
    },
    rotateLogs: async () => {
      const members = await docs.members.list()
      for (const { value } of members) {
        await rotateLog(`${value.directory}/log/postgresql.log`)
      }
      await rotateLog(paths.logFile)
    },
  }
}

/** A key is made for a home without secrets alone: a new key would open none of those that are there. */
async function openSecrets(home: string, store: SqliteStore): Promise<Vault> {
  const { keys, configKey } = homeLayout(home)
  await ensureDirectory(keys, { mode: 0o700 })
  const sealed = await Promise.all(
    ['config/', 'credentials/', 'snapshots/', 'lineages/'].map((prefix) => store.list(prefix)),
  )
  return openVault(configKey, { create: sealed.every((entries) => entries.length === 0) })
}

const startedAt = new Date().toISOString()
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

async function status(home: string, docs: ReturnType<typeof documents>) {
  const [instances, locks] = await Promise.all([docs.instances.list(), docs.locks.list()])
  return {
    version,
    pid: process.pid,
    home,
    startedAt,
    instances: instances.length,
    liveOperations: new Set(locks.map((l) => l.value.operation)).size,
    memoryBytes: process.memoryUsage.rss(),
    logFile: homeLayout(home).logFile,
  }
}
