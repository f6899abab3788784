import type { HostFile } from '../../contract/documents/host.ts'
import { etcdConfig, parseEtcdVersion } from '../../core/config/etcd.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Account, accountNamed } from '../../system/account.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import { ensureDirectory, exists, removeTree, writeAtomic } from '../../system/files.ts'
import {
  endProcess,
  identify,
  isAlive,
  processesOf,
  type ProcessIdentity,
} from '../../system/processes.ts'
import { findEtcd, startEtcd } from '../../system/tools/etcd.ts'
import { etcdLayout } from './etcd-layout.ts'
import { hostCertificate } from './host-certificate.ts'
import { ownPorts } from './ports.ts'

/** It hands its leadership on and closes its files; a second is what it needs. */
const ENDING: Parameters<typeof endProcess>[1] = {
  signals: [
    ['SIGTERM', 10_000],
    ['SIGKILL', 10_000],
  ],
}

/**
 * Not the account of the servers: what broke out of one of those must not read the key that opens etcd, nor what etcd knows. As a user
 * all of it is ours.
 */
const etcdAccount = (): Account | undefined =>
  process.geteuid?.() === 0 ? accountNamed('howdah-etcd') : undefined

/**
 * The member of etcd that this home has, or none. It outlives the daemon, and the next daemon adopts it. What is done here is
 * done one thing at a time.
 */
export class EtcdMember {
  readonly #home: string
  readonly #accountFor: () => Account | undefined
  #known: ProcessIdentity | undefined
  #last: Promise<unknown> = Promise.resolve()
  /** Told when it becomes wanted. */
  onWanted: (() => void) | undefined

  /** `accountFor`: whom it runs under. Asked only when there is a member, for an account that is missing is made then. */
  constructor(home: string, accountFor: () => Account | undefined = etcdAccount) {
    this.#home = home
    this.#accountFor = accountFor
  }

  /** Whether there is to be one. */
  isWanted(): Promise<boolean> {
    return exists(etcdLayout(this.#home).config)
  }

  /** Writes its files as `file` describes it and starts it; from then on it is wanted. One that runs goes on as it was started. */
  async start(file: HostFile, authority: KeyAndCertificate): Promise<ProcessIdentity> {
    const process = await this.#inTurn(async () => {
      await this.#configure(file, authority)
      return this.#running() ?? (await this.#launch())
    })
    this.onWanted?.()
    return process
  }

  async #configure(file: HostFile, authority: KeyAndCertificate): Promise<void> {
    const { etcd, host, ports } = file
    if (!etcd) throw new AppError('INTERNAL', 'this host is to have no member of etcd')
    const { folder, data, tls, config, hostPem, caCertificate } = etcdLayout(this.#home)
    const owner = this.#accountFor()
    await ensureDirectory(folder, { mode: 0o711 })
    await ensureDirectory(data, { mode: 0o700, owner })
    await ensureDirectory(tls, { mode: 0o700, owner })
    await this.#writeCertificate(await hostCertificate(this.#home, authority, host))
    await writeAtomic(caCertificate, authority.certPem, { mode: 0o600, owner })
    const { version } = await findProgram()
    const text = etcdConfig({
      name: host.name,
      address: host.address,
      peerPort: ports.etcdPeer,
      clientPort: ports.etcdClient,
      metricsPort: ownPorts()?.etcdMetrics ?? ports.etcdMetrics,
      directory: data,
      clusterToken: file.cluster,
      members: etcd.members.map((member) => ({ ...member, peerPort: ports.etcdPeer })),
      state: etcd.state,
      certificates: { caFile: caCertificate, certFile: hostPem, keyFile: hostPem },
      version,
    })
    await writeAtomic(config, text, { mode: 0o644 })
  }

  /** Puts a renewed certificate in the place of the old one: etcd reads it for each connection. */
  async renew(pem: string): Promise<void> {
    if (await this.isWanted()) await this.#inTurn(() => this.#writeCertificate(pem))
  }

  /** The process that it is, when it runs. */
  running(): Promise<ProcessIdentity | undefined> {
    return this.#inTurn(async () => this.#running())
  }

  /** Starts it when it is wanted and does not run: true when it had to. Throws SERVER_START_FAILED. */
  ensure(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!(await this.isWanted()) || this.#running()) return false
      await this.#launch()
      return true
    })
  }

  /** Ends it and removes all that it has. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      const { folder, config } = etcdLayout(this.#home)
      const running = this.#running()
      // First, so that no daemon starts it again.
      await removeTree(config)
      if (running && !(await endProcess(running, ENDING))) {
        throw new AppError('INTERNAL', `etcd (process ${running.pid}) does not end`)
      }
      await removeTree(folder)
    })
  }

  async #launch(): Promise<ProcessIdentity> {
    const { config: configFile, log: logFile } = etcdLayout(this.#home)
    const { path } = await findProgram()
    this.#known = await startEtcd({
      program: path,
      configFile,
      logFile,
      account: this.#accountFor(),
    })
    return this.#known
  }

  /** Known by its configuration file, so that no daemon that died can have left one that nobody knows. */
  #running(): ProcessIdentity | undefined {
    if (this.#known && isAlive(this.#known)) return this.#known
    const ending = `--config-file ${etcdLayout(this.#home).config}`
    const found = processesOf(this.#accountFor()).find(({ args }) =>
      args.join(' ').endsWith(ending),
    )
    this.#known = found && identify(found.pid)
    return this.#known
  }

  /** Certificate and key are one file, so that no crash can leave the one without the other. */
  #writeCertificate(pem: string): Promise<void> {
    const owner = this.#accountFor()
    return writeAtomic(etcdLayout(this.#home).hostPem, pem, { mode: 0o600, owner })
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act)
    this.#last = next.catch(() => {}) // the caller gets the error; the next one starts afresh
    return next
  }
}

async function findProgram() {
  const found = await findEtcd()
  const version = found && parseEtcdVersion(found.version)
  if (found && version) return { path: found.path, version }
  throw new AppError('SERVER_START_FAILED', 'there is no etcd on this machine', {
    hint: 'Install the package `etcd-server` (on Ubuntu 22.04 `etcd`) and run the command again.',
  })
}
