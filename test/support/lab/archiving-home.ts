import { appendFile, chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultBackupPolicy } from '../../../src/contract/backup-policy.ts'
import type { LineageDocument } from '../../../src/contract/documents/lineage.ts'
import type { MemberDocument } from '../../../src/contract/documents/member.ts'
import type { Engine } from '../../../src/contract/engine.ts'
import type { BackupEngineKind } from '../../../src/contract/lineage.ts'
import { confFile } from '../../../src/core/config/conf-file.ts'
import { SUPERUSER } from '../../../src/core/config/hba.ts'
import { createLocalDriver } from '../../../src/drivers/local/local-driver.ts'
import { openSession } from '../../../src/drivers/local/session.ts'
import type { Session } from '../../../src/drivers/driver.ts'
import { type Account, serverAccount } from '../../../src/system/account.ts'
import { ensureDirectory, readText } from '../../../src/system/files.ts'
import { launchDetached } from '../../../src/system/launch.ts'
import { endProcess, identify, isAlive } from '../../../src/system/processes.ts'
import { initdb } from '../../../src/system/tools/initdb.ts'
import { readControlFile } from '../../../src/system/tools/postmaster.ts'
import { findRunningServer } from '../../../src/system/tools/running-server.ts'
import { runFolder } from './run-folder.ts'
import { until } from './until.ts'

export type ArchivingHome = Awaited<ReturnType<typeof openArchivingHome>>
export type RawServer = ReturnType<typeof rawServer>

/**
 * A home of a test's own with the real local driver and no daemon: `await using home = await openArchivingHome(engine)`. `folder`:
 * the last part of its path.
 */
export async function openArchivingHome(engine: Engine, folder = '') {
  const root = await mkdtemp(join(runFolder(), 'hb-'))
  await chmod(root, 0o711)
  const home = join(root, folder)
  await mkdir(home, { recursive: true, mode: 0o711 })
  await mkdir(join(home, 'run'), { mode: 0o711 })
  const account = serverAccount()
  const servers: RawServer[] = []
  return {
    home,
    account,
    engine,
    driver: createLocalDriver({ home, account, warn: () => {} }),

    /** A server of a folder of its own that nobody has started; without a folder of data until `init` or a restore. */
    server(name: string): RawServer {
      const made = rawServer({ home, name, engine, account })
      servers.push(made)
      return made
    },

    /** A lineage of one instance; its folder is not made. */
    lineage: (
      kind: BackupEngineKind,
      id: string,
      changes: Partial<LineageDocument> = {},
    ): LineageDocument => ({
      format: 1,
      id,
      createdBy: 'operation',
      project: 'shop',
      service: 'db',
      instanceId: 'i1',
      engine: kind,
      major: engine.major,
      systemIdentifier: '',
      walSegmentBytes: 16 * 1024 * 1024,
      directory: join(home, 'lineages', id),
      createdAt: '2026-01-02T03:04:05.000Z',
      recipe: {
        version: `${engine.major}.${engine.minor}`,
        user: 'app',
        database: 'app',
        superuser: SUPERUSER,
        settings: {},
        memoryBytes: 512 * 1024 * 1024,
        cpus: 1,
        tls: 'optional',
        portWanted: 5432,
        initdb: {},
        policy: defaultBackupPolicy,
        sealedPassword: 'sealed',
      },
      ...changes,
    }),

    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop('SIGQUIT')
      await rm(root, { recursive: true })
    },
  }
}

interface RawServerSite {
  readonly home: string
  readonly name: string
  readonly engine: Engine
  readonly account: Account | undefined
}

/** Small and quick; what is not synced here is lost with the machine only. */
const settings = {
  listen_addresses: '',
  shared_buffers: '16MB',
  fsync: 'off',
  full_page_writes: 'on',
  autovacuum: 'off',
  wal_level: 'replica',
  archive_mode: 'on',
  archive_timeout: '0',
  timezone: 'UTC',
}

function rawServer({ home, name, engine, account }: RawServerSite) {
  const directory = join(home, 'members', name)
  const data = join(directory, 'data')
  const socketDirectory = join(directory, 's')
  const logFile = join(directory, 'log')
  const member: MemberDocument = {
    format: 1,
    project: 'shop',
    service: 'db',
    index: 0,
    instanceId: 'i1',
    wanted: 'running',
    engine: { id: engine.id, major: engine.major, binDirectory: engine.binDirectory },
    directory,
    socketDirectory,
    endpoint: { host: '', port: 5432 },
    source: { kind: 'initdb', superuser: SUPERUSER, options: {} },
    initialised: true,
    files: {},
    enforced: {},
    configGeneration: 1,
    restartGeneration: 1,
    certificate: { dnsNames: [], addresses: [] },
  }

  const running = async () => {
    const seen = await findRunningServer(data)
    return seen && identify(seen.pid)
  }

  const server = {
    member,
    data,

    /** Makes the data of a new server with these settings beside ours. */
    async init(more: Record<string, string>, segmentMib?: number): Promise<void> {
      await ensureDirectory(directory, { mode: 0o711 })
      await ensureDirectory(data, { mode: 0o700, owner: account })
      const options = segmentMib === undefined ? {} : { walSegmentSizeMib: segmentMib }
      const { binDirectory, major } = engine
      await initdb(binDirectory, { major, directory: data, superuser: SUPERUSER, options, account })
      await appendFile(join(data, 'postgresql.conf'), confFile([], { ...settings, ...more }))
      await writeFile(join(data, 'pg_hba.conf'), 'local all all trust\n')
    },

    /** Starts it with further settings and waits until it takes connections; its log is in the error when it gives up. */
    async start(more: Record<string, string> = {}): Promise<void> {
      await ensureDirectory(directory, { mode: 0o711 })
      await ensureDirectory(socketDirectory, { mode: 0o700, owner: account })
      await rm(logFile, { force: true })
      const own = { unix_socket_directories: socketDirectory, ...more }
      const args = Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      const program = join(engine.binDirectory, 'postgres')
      const process = await launchDetached({
        program,
        args: [...args, '-D', data],
        cwd: data,
        logFile,
        account,
      })
      await until(`${name} to be ready`, async () => {
        const seen = await findRunningServer(data)
        if (seen?.state === 'ready' && !(await exists('recovery.signal'))) return true
        if (!isAlive(process)) throw new Error(`${name} ended:\n${await server.log()}`)
        return false
      })
    },

    /** Starts it on data that was restored, until it has come to the end of its recovery and takes connections as a primary. */
    async recover(restoreCommand: string, target: Record<string, string> = {}): Promise<void> {
      await writeFile(join(data, 'recovery.signal'), '')
      if (account) await chown(join(data, 'recovery.signal'), account.uid, account.gid)
      await server.start({
        restore_command: restoreCommand,
        recovery_target_action: 'promote',
        recovery_target_timeline: 'latest',
        hot_standby: 'off',
        archive_mode: 'off',
        ...target,
      })
    },

    async stop(how: 'SIGINT' | 'SIGQUIT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
      const process = await running()
      if (process)
        await endProcess(process, {
          signals: [
            [how, 60_000],
            ['SIGKILL', 5000],
          ],
        })
    },

    async session(): Promise<Session> {
      return openSession(member, { database: 'postgres', role: SUPERUSER })
    },

    /** The rows of one statement. */
    async sql<T extends object = Record<string, unknown>>(text: string): Promise<T[]> {
      const session = await server.session()
      try {
        return await session.query<T>(text)
      } finally {
        await session.close()
      }
    },

    /** The first value of the first row, as text. */
    async ask(text: string): Promise<string> {
      const [row] = await server.sql(text)
      return String(Object.values(row ?? {})[0])
    },

    log: async (): Promise<string> => (await readText(logFile)) ?? '',
    systemIdentifier: async (): Promise<string> =>
      (await readControlFile(data))?.systemIdentifier ?? '',
  }

  async function exists(file: string): Promise<boolean> {
    return (await readText(join(data, file))) !== undefined
  }

  return server
}
