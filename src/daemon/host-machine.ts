import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { HostFile } from '../contract/documents/host.ts'
import { url } from '../core/config/etcd.ts'
import { AppError } from '../errors/app-error.ts'
import type { HostMachine } from '../operations/host/machine.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import { removeTree } from '../system/files.ts'
import { listMembers } from '../system/tools/etcd-members.ts'
import { openAuthority } from './authority.ts'
import { homeLayout } from './home.ts'
import { askToJoin, withdraw } from './host/ask-to-join.ts'
import { askEtcd, etcdAccess } from './host/etcd-access.ts'
import { etcdAdministration } from './host/etcd-administration.ts'
import { etcdLayout } from './host/etcd-layout.ts'
import type { EtcdMember } from './host/etcd-member.ts'
import { expectDoor } from './host/expect-door.ts'
import { expectEmptyHome } from './host/expect-empty-home.ts'
import { expectMovable } from './host/expect-movable.ts'
import { readHostFile, removeHostFile, writeHostFile } from './host/host-file.ts'
import { ownAuthority, putBackOwn, takeOver } from './host/own-authority.ts'
import { installPackages } from './host/packages.ts'
import { clusterPorts } from './host/ports.ts'
import { preflight } from './host/preflight.ts'
import { untilStarted } from './host/until-started.ts'

export interface MachineParts {
  readonly home: string
  readonly store: Store
  readonly documents: Documents
  readonly member: EtcdMember
  /** Lets go of everything but the servers, and opens the store where `host.json` says that it is. */
  readonly reopen: () => void
  /** Resolves when the API is served to other hosts; it is soon after the state is in etcd. CANNOT_LISTEN. */
  readonly untilServed: () => Promise<void>
}

/** This machine as a host. */
export function createHostMachine(parts: MachineParts): HostMachine {
  const { home, member } = parts
  const access = async (file: Pick<HostFile, 'host' | 'ports' | 'etcdHosts'>) =>
    etcdAccess(home, await openAuthority(home), file)

  /** The worker lets go of the operation; the next one takes it up again. */
  async function letGo(signal: AbortSignal): Promise<never> {
    parts.reopen()
    if (!signal.aborted) await once(signal, 'abort')
    throw signal.reason
  }

  async function removeEtcd(): Promise<void> {
    await member.remove()
    await removeTree(homeLayout(home).hostCertificate)
  }

  return {
    file: () => readHostFile(home),
    writeFile: (file) => writeHostFile(home, file),
    preflight: (asked, watch) =>
      preflight({ home, ports: asked.ports ?? clusterPorts() }, asked, watch),
    installPackages,
    newClusterId: () => randomUUID(),
    ports: clusterPorts,
    async bundle() {
      if (!(await readHostFile(home))) throw new AppError('NOT_A_HOST', 'this machine is no host')
      return ownAuthority(home)
    },
    async keepBundle(bundle) {
      await expectEmptyHome(parts.documents)
      await takeOver(home, bundle)
    },
    async startEtcd(file, watch) {
      const { host, ports } = file
      const process = await member.start(file, await openAuthority(home))
      const endpoint = url(host.address, ports.etcdClient)
      const leads = file.etcd?.state === 'new'
      const own = await access({ host, ports, etcdHosts: [host.address] })
      const started = { process, endpoint, leads, logFile: etcdLayout(home).log }
      await askEtcd(own, (client) => untilStarted(client, started, watch))
    },
    etcd: (file) => etcdAdministration(() => access(file), file),
    removeEtcd,
    async putBack({ signal }) {
      await removeEtcd()
      const isOther = await putBackOwn(home)
      await removeHostFile(home)
      // What runs here may have been opened with what has just gone.
      if (isOther) await letGo(signal)
    },
    // The door to the other hosts is open for as long as the state is in etcd, and closed with it.
    async listen(file) {
      await parts.untilServed()
      await expectDoor(file)
    },
    stopListening: async () => {},
    async moveStore(file, signal) {
      const now = await readHostFile(home)
      if (file.state === 'moving' ? now?.state === 'member' : now === undefined) return
      // Both are asked before: after this there is no way back but through.
      await askEtcd(await access(file), listMembers)
      if (file.state === 'moving') await expectMovable(parts.store, file)
      // What was begun here while it joined would stay behind.
      if (file.state === 'moving' && file.came === 'joiner') await expectEmptyHome(parts.documents)
      await writeHostFile(home, file)
      await letGo(signal)
    },
    askToJoin,
    withdraw,
  }
}
