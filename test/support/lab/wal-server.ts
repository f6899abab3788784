import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, findAccount } from '../../../src/system/account.ts'
import { ensureDirectory, removeTree, writeAtomic } from '../../../src/system/files.ts'
import { launchDetached } from '../../../src/system/launch.ts'
import { freePort } from '../../../src/system/ports.ts'
import { endProcess, isAlive, type ProcessIdentity } from '../../../src/system/processes.ts'
import { initdb } from '../../../src/system/tools/initdb.ts'
import { connect, type Sql } from '../../../src/system/tools/postgres.ts'
import { isNotReady } from '../../../src/system/tools/postgres-errors.ts'
import { engineOf, NEWER } from './engines.ts'
import { runFolder } from './run-folder.ts'
import { until } from './until.ts'

const SUPERUSER = 'admin'
/** The smallest that initdb takes, so that records cross from one segment to the next all the time. */
export const SEGMENT_BYTES = 2 ** 20

const copyTree = async (from: string, to: string): Promise<void> => {
  await promisify(execFile)('cp', ['-a', from, to])
}

/** A real server that copies its WAL into a folder, and others that recover from there. Nothing of Howdah is between. */
export class WalServer implements AsyncDisposable {
  readonly #folder: string
  readonly #account: Account | undefined
  readonly #binDirectory: string
  readonly #running = new Set<ProcessIdentity>()
  readonly archive: string
  readonly data: string

  private constructor(folder: string, account: Account | undefined, binDirectory: string) {
    this.#folder = folder
    this.#account = account
    this.#binDirectory = binDirectory
    this.archive = join(folder, 'archive')
    this.data = join(folder, 'data')
  }

  /** Makes it; not started. Settings are lines of postgresql.conf. */
  static async create(settings: readonly string[]): Promise<WalServer> {
    const { binDirectory, major } = await engineOf(NEWER)
    const account = process.geteuid?.() === 0 ? findAccount('nobody') : undefined
    const folder = await mkdtemp(join(runFolder(), 'wal-'))
    await chmod(folder, 0o755)
    const server = new WalServer(folder, account, binDirectory)
    await server.#ownFolder(folder, 0o755)
    for (const path of [server.archive, server.data]) await server.#ownFolder(path)
    const options = { walSegmentSizeMib: SEGMENT_BYTES / 2 ** 20 }
    const wanted = { major, directory: server.data, superuser: SUPERUSER, options, account }
    await initdb(binDirectory, wanted)
    const places = [`listen_addresses = ''`, `unix_socket_directories = '${folder}'`]
    const lines = [...places, 'fsync = off', ...settings]
    await appendFile(join(server.data, 'postgresql.conf'), `${lines.join('\n')}\n`)
    await writeFile(join(server.data, 'pg_hba.conf'), 'local all all trust\n')
    return server
  }

  /** Starts the server that archives, and gives a connection to it. */
  start(): Promise<{ sql: Sql; process: ProcessIdentity }> {
    const command = `archive_command=cp %p ${this.archive}/%f`
    return this.#launch(this.data, ['archive_mode=on', command])
  }

  /** A copy of the running server's data, as a base backup has it. */
  async copyRunning(sql: Sql, name: string): Promise<{ startLsn: string; stopLsn: string }> {
    const copy = join(this.#folder, name)
    const [begun] = await sql.query<{ lsn: string }>(
      `select pg_backup_start('x', true)::text as lsn`,
    )
    await copyTree(this.data, copy)
    const [ended] = await sql.query<{ lsn: string; labelfile: string }>(
      'select lsn::text, labelfile from pg_backup_stop(false)',
    )
    for (const left of ['postmaster.pid', 'pg_wal']) {
      await rm(join(copy, left), { recursive: true })
    }
    await this.#ownFolder(join(copy, 'pg_wal'))
    await this.#write(join(copy, 'backup_label'), ended?.labelfile ?? '')
    return { startLsn: begun?.lsn ?? '', stopLsn: ended?.lsn ?? '' }
  }

  /** A copy of the stopped server's data. */
  async copyStopped(name: string): Promise<void> {
    await copyTree(this.data, join(this.#folder, name))
  }

  /** What the archive has, by name, oldest first. */
  async segments(): Promise<Map<string, Uint8Array>> {
    const names = (await readdir(this.archive)).filter((name) => /^[0-9A-F]{24}$/.test(name))
    const contents = names.sort().map((name) => readFile(join(this.archive, name)))
    return new Map((await Promise.all(contents)).map((bytes, index) => [names[index]!, bytes]))
  }

  /**
   * Recovers from a copy and gives what `query` says then; its server is gone after. WAL that the archive misses in the middle
   * ends the recovery by an error, as with our own restore_command.
   */
  async recover<T extends object>(
    name: string,
    settings: Readonly<Record<string, string>>,
    query: string,
  ): Promise<T[]> {
    const data = join(this.#folder, 'recovering')
    await copyTree(join(this.#folder, name), data)
    await this.#write(join(data, 'recovery.signal'), '')
    const newest = [...(await this.segments()).keys()].at(-1) ?? ''
    const absent = `case %f in *.history) exit 1;; esac; expr %f \\> ${newest} && exit 1; exit 255`
    const all = {
      restore_command: `cp ${this.archive}/%f %p 2>/dev/null || { ${absent}; }`,
      hot_standby: 'off',
      recovery_target_timeline: 'latest',
      recovery_target_action: 'promote',
      ...settings,
    }
    try {
      const args = Object.entries(all).map(([setting, value]) => `${setting}=${value}`)
      const { sql, process } = await this.#launch(data, args)
      const rows = await sql.query<T>(query)
      await sql.close()
      await this.stop(process)
      return rows
    } finally {
      await removeTree(data)
    }
  }

  async stop(server: ProcessIdentity): Promise<void> {
    await endProcess(server, {
      signals: [
        ['SIGINT', 20_000],
        ['SIGKILL', 5000],
      ],
    })
    this.#running.delete(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#running) await this.stop(server)
    await removeTree(this.#folder)
  }

  async #launch(data: string, settings: readonly string[]) {
    const port = await freePort('127.0.0.1')
    const logFile = join(this.#folder, 'log')
    const process = await launchDetached({
      program: join(this.#binDirectory, 'postgres'),
      args: ['-D', data, ...[`port=${port}`, ...settings].flatMap((one) => ['-c', one])],
      cwd: '/',
      logFile,
      account: this.#account,
    })
    this.#running.add(process)
    const where = { socketDirectory: this.#folder, port, user: SUPERUSER, database: 'postgres' }
    const sql = await until('the server is ready', async () => {
      try {
        return await connect({ ...where, applicationName: 'test' })
      } catch (error) {
        if (isNotReady(error) && isAlive(process)) return undefined
        this.#running.delete(process)
        throw new Error(await readFile(logFile, 'utf8'), { cause: error })
      }
    })
    return { process, sql }
  }

  /** A file of the server's. */
  async #write(path: string, text: string): Promise<void> {
    await writeAtomic(path, text, { mode: 0o600, ...this.#ownership() })
  }

  async #ownFolder(path: string, mode = 0o700): Promise<void> {
    await ensureDirectory(path, { mode, ...this.#ownership() })
  }

  #ownership() {
    return this.#account ? { owner: this.#account } : {}
  }
}
