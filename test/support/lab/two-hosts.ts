import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostFile } from '../../../src/contract/documents/host.ts'
import { homeLayout } from '../../../src/daemon/home.ts'
import { writeHostFile } from '../../../src/daemon/host/host-file.ts'
import { documents } from '../../../src/store/documents.ts'
import { ensureDirectory } from '../../../src/system/files.ts'
import { type Lab, openLab } from '../lab-home.ts'
import type { DaemonProcess } from './daemon-process.ts'
import { beginCluster, memberOf, openClusterStore } from './host-home.ts'

/** A host of a test, with its daemon. */
export interface LabHost extends Lab {
  readonly host: HostFile['host']
  daemon: DaemonProcess
  /** Another daemon, after the first was ended. */
  startAgain(): Promise<void>
}

interface TwoHosts extends AsyncDisposable {
  readonly h1: LabHost
  readonly h2: LabHost
}

/**
 * The hosts h1 and h2 of one cluster on two addresses of this machine, whose etcd is h1’s; each with its own home and daemon. At the
 * end h1’s goes last, for without its etcd no daemon can stop anything.
 */
export async function openTwoHosts(): Promise<TwoHosts> {
  await using made = new AsyncDisposableStack()
  const one = made.use(await openLab())
  const other = made.use(await openLab())
  made.defer(() => memberOf(one.home).remove())
  // A machine by itself, before it is a host: it has its authority and its keys.
  await (await one.startDaemon()).kill('SIGTERM')
  const first = await beginCluster(one.home)
  await writeHostFile(one.home, { ...first, state: 'moving' })
  const address = nextAddress(first.host.address)
  const { etcd: _, ...known } = first
  const second: HostFile = {
    ...known,
    state: 'member',
    came: 'joiner',
    host: { name: 'h2', address },
  }
  const h1 = await begin(one, first.host)
  made.defer(() => stop(h1))
  await register(one.home, [first, second])
  await takeOver(one.home, other.home)
  await writeHostFile(other.home, second)
  const h2 = await begin(other, second.host)
  made.defer(() => stop(h2))
  const all = made.move()
  return { h1, h2, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

async function begin(lab: Lab, host: HostFile['host']): Promise<LabHost> {
  const begun: LabHost = Object.assign(lab, {
    host,
    daemon: await lab.startDaemon(),
    async startAgain() {
      begun.daemon = await lab.startDaemon()
    },
  })
  return begun
}

/** As an operator would; one whose daemon was killed in the test gets another for it. */
async function stop(host: LabHost): Promise<void> {
  const ask = () => host.api.stopDaemon({ instances: true })
  await ask().catch(async () => {
    await host.startAgain()
    await ask()
  })
  await host.daemon.ended
}

async function register(home: string, files: readonly HostFile[]): Promise<void> {
  const store = await openClusterStore(home)
  const { clusters, hosts } = documents(store)
  const now = new Date().toISOString()
  const { cluster: id, ports } = files[0]!
  await store.write([
    clusters.put(['cluster'], { format: 1, id, createdAt: now, ports }),
    ...files.map(({ host, etcd }) =>
      hosts.put([host.name], {
        format: 1,
        ...host,
        phase: 'live',
        joinedAt: now,
        hasEtcd: etcd !== undefined,
      }),
    ),
  ])
  await store.close()
}

/** What a host that joins is given: the authority and the key that secrets are sealed under. */
async function takeOver(from: string, to: string): Promise<void> {
  const there = homeLayout(from)
  const here = homeLayout(to)
  await cp(there.ca, here.ca, { recursive: true, preserveTimestamps: true })
  await ensureDirectory(here.keys, { mode: 0o700 })
  await cp(there.configKey, join(here.configKey))
}

/** Another address of this machine’s loopback; where there is only one, hosts cannot share their ports. */
function nextAddress(address: string): string {
  const parts = address.split('.').map(Number)
  const last = parts.pop() ?? 0
  return [...parts, last + 1].join('.')
}
