import { randomInt } from 'node:crypto'
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { etcdConfig, parseEtcdVersion, url } from '../../../src/core/config/etcd.ts'
import {
  createAuthority,
  type KeyAndCertificate,
} from '../../../src/system/certificate-authority.ts'
import { type EtcdAccess, EtcdClient } from '../../../src/system/etcd/etcd-client.ts'
import type { EtcdCredentials } from '../../../src/system/etcd/exchange.ts'
import { removeTree } from '../../../src/system/files.ts'
import { canBindLoopback, freePort } from '../../../src/system/ports.ts'
import { endProcess, type ProcessIdentity, signal } from '../../../src/system/processes.ts'
import { issueServerCertificate } from '../../../src/system/server-certificate.ts'
import { findEtcd, startEtcd } from '../../../src/system/tools/etcd.ts'
import { hasMajority, memberHealth } from '../../../src/system/tools/etcd-members.ts'
import { runFolder } from './run-folder.ts'
import { until } from './until.ts'

/** The etcd of this machine, or the one in the folder that HOWDAH_TEST_ETCD names, to try another release. */
const program = await findEtcd(process.env['HOWDAH_TEST_ETCD'])
if (!program && process.env['CI'] === 'true') {
  throw new Error('etcd is not installed: scripts/ci-packages.sh should have')
}

/** Why tests with a real etcd are skipped; undefined where there is one. */
export const withoutEtcd = program ? undefined : 'there is no etcd on this machine'

export interface LabMember {
  readonly name: string
  readonly address: string
  readonly peerPort: number
  readonly clientPort: number
  readonly metricsPort: number
  /** For clients. */
  readonly endpoint: string
  process: ProcessIdentity | undefined
}

/** A real etcd with mutual TLS, as our hosts have it, on addresses of this machine. */
export class EtcdCluster implements AsyncDisposable {
  readonly #folder: string
  readonly #authority: KeyAndCertificate
  readonly #credentials: EtcdCredentials
  readonly members: LabMember[] = []

  private constructor(folder: string, authority: KeyAndCertificate, own: KeyAndCertificate) {
    this.#folder = folder
    this.#authority = authority
    this.#credentials = { caPem: authority.certPem, certPem: own.certPem, keyPem: own.keyPem }
  }

  /** Starts so many members and waits until each reads what the majority agrees on. */
  static async start(size: number): Promise<EtcdCluster> {
    const folder = await mkdtemp(join(runFolder(), 'etcd-'))
    const authority = await createAuthority({ name: 'test' })
    const cluster = new EtcdCluster(folder, authority, await certificate(authority, '127.0.0.1'))
    for (let n = 1; n <= size; n++) await cluster.place()
    await Promise.all(cluster.members.map((member) => cluster.launch(member, 'new')))
    await cluster.settled()
    return cluster
  }

  /** Addresses and certificates for one more member; it is not started. */
  async place(): Promise<LabMember> {
    const name = `m${this.members.length + 1}`
    const address = await loopback()
    const ports = [await freePort(address), await freePort(address), await freePort('127.0.0.1')]
    const [clientPort = 0, peerPort = 0, metricsPort = 0] = ports
    const endpoint = url(address, clientPort)
    const member = {
      name,
      address,
      clientPort,
      peerPort,
      metricsPort,
      endpoint,
      process: undefined,
    }
    await mkdir(join(this.#folder, name))
    const own = await certificate(this.#authority, address)
    await writeFile(join(this.#folder, name, 'ca.crt'), this.#authority.certPem)
    await writeFile(join(this.#folder, name, 'host.crt'), own.certPem)
    await writeFile(join(this.#folder, name, 'host.key'), own.keyPem, { mode: 0o600 })
    this.members.push(member)
    return member
  }

  async launch(member: LabMember, state: 'new' | 'existing'): Promise<void> {
    const folder = join(this.#folder, member.name)
    const configFile = join(folder, 'etcd.yaml')
    const text = etcdConfig({
      ...member,
      directory: join(folder, 'data'),
      clusterToken: this.#folder,
      members: this.members,
      state,
      certificates: {
        caFile: join(folder, 'ca.crt'),
        certFile: join(folder, 'host.crt'),
        keyFile: join(folder, 'host.key'),
      },
      version: parseEtcdVersion(program!.version)!,
    })
    await writeFile(configFile, text)
    const logFile = join(folder, 'log')
    const start = { program: program!.path, configFile, logFile, account: undefined }
    member.process = await startEtcd(start)
  }

  /** Whose certificates it believes. */
  get authority(): KeyAndCertificate {
    return this.#authority
  }

  access(endpoints = this.members.map(({ endpoint }) => endpoint)): EtcdAccess {
    return { endpoints, credentials: () => this.#credentials }
  }

  /** As one comes who believes this cluster, and is of another authority. */
  async accessOfStranger(): Promise<EtcdAccess> {
    const own = await certificate(await createAuthority({ name: 'test' }), '127.0.0.1')
    const credentials = { ...this.#credentials, certPem: own.certPem, keyPem: own.keyPem }
    return { ...this.access(), credentials: () => credentials }
  }

  /** Every member that runs has the majority. */
  async settled(): Promise<void> {
    await this.#asking(async (client) => {
      for (const { endpoint, process } of this.members) {
        if (!process) continue
        await until(`${endpoint} has a majority`, () => hasMajority(client, endpoint))
      }
    })
  }

  /** The member that leads, by its own word. */
  async leader(): Promise<LabMember> {
    return this.#asking((client) =>
      until('a member leads', async () => {
        for (const member of this.members.filter(({ process }) => process)) {
          try {
            const health = await memberHealth(client, member.endpoint)
            if (health.leaderId === health.memberId) return member
          } catch {
            // One that does not answer does not lead.
          }
        }
        return undefined
      }),
    )
  }

  async kill(member: LabMember): Promise<void> {
    if (!member.process) return
    await endProcess(member.process, { signals: [['SIGKILL', 10_000]] })
    member.process = undefined
  }

  /** Keeps the data of a member that does not run, under a name. */
  async copyData(member: LabMember, name: string): Promise<void> {
    const folder = join(this.#folder, member.name)
    await cp(join(folder, 'data'), join(folder, name), { recursive: true })
  }

  /** The member has that data again, and nothing later. */
  async putBack(member: LabMember, name: string): Promise<void> {
    const folder = join(this.#folder, member.name)
    await removeTree(join(folder, 'data'))
    await cp(join(folder, name), join(folder, 'data'), { recursive: true })
  }

  /** Stands still, with all its connections, until `thaw`. */
  freeze(member: LabMember): void {
    if (member.process) signal(member.process, 'SIGSTOP')
  }

  thaw(member: LabMember): void {
    if (member.process) signal(member.process, 'SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.members) await this.kill(member)
    await removeTree(this.#folder)
  }

  async #asking<T>(act: (client: EtcdClient) => Promise<T>): Promise<T> {
    const client = new EtcdClient(this.access())
    try {
      return await act(client)
    } finally {
      client.close()
    }
  }
}

/** On Linux an address that hardly any other test has; elsewhere there is only one. */
async function loopback(): Promise<string> {
  const address = `127.${randomInt(2, 250)}.${randomInt(1, 250)}.${randomInt(2, 250)}`
  return (await canBindLoopback(address)) ? address : '127.0.0.1'
}

/** Good for the member's address, and for what stands in front of it in tests. */
function certificate(authority: KeyAndCertificate, address: string): Promise<KeyAndCertificate> {
  const ipAddresses = [...new Set([address, '127.0.0.1'])]
  const names = { commonName: 'host', dnsNames: ['localhost'], ipAddresses }
  return issueServerCertificate(authority, { ...names, days: 2, alsoClient: true })
}
