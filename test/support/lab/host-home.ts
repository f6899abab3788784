import { randomInt, randomUUID } from 'node:crypto'
import type { HostFile } from '../../../src/contract/documents/host.ts'
import { openAuthority } from '../../../src/daemon/authority.ts'
import { askEtcd, etcdAccess } from '../../../src/daemon/host/etcd-access.ts'
import { etcdLayout } from '../../../src/daemon/host/etcd-layout.ts'
import { EtcdMember } from '../../../src/daemon/host/etcd-member.ts'
import { readHostFile, writeHostFile } from '../../../src/daemon/host/host-file.ts'
import { untilStarted } from '../../../src/daemon/host/until-started.ts'
import { url } from '../../../src/core/config/etcd.ts'
import { openEtcdStore } from '../../../src/store/etcd/etcd-store.ts'
import { canBindLoopback, freePort } from '../../../src/system/ports.ts'

/** A home’s member of etcd, as its daemon has it. */
export const memberOf = (home: string): EtcdMember => new EtcdMember(home)

/** Makes etcd ready for a home whose daemon is not running, as the first host has it before its state moves. */
export async function beginCluster(home: string): Promise<HostFile> {
  const own = `127.${randomInt(2, 250)}.${randomInt(1, 250)}.${randomInt(2, 250)}`
  const address = (await canBindLoopback(own)) ? own : '127.0.0.1'
  const host = { name: 'h1', address }
  const file: HostFile = {
    format: 1,
    state: 'preparing',
    host,
    cluster: randomUUID(),
    ports: {
      api: await freePort(address),
      etcdClient: await freePort(address),
      etcdPeer: await freePort(address),
      etcdMetrics: await freePort('127.0.0.1'),
    },
    came: 'first',
    etcd: { state: 'new', members: [host] },
    etcdHosts: [address],
  }
  await writeHostFile(home, file)
  const authority = await openAuthority(home)
  const process = await memberOf(home).start(file, authority)
  const started = {
    process,
    endpoint: url(address, file.ports.etcdClient),
    logFile: etcdLayout(home).log,
    leads: true,
  }
  const watch = { signal: AbortSignal.timeout(60_000), report: () => {} }
  const access = await etcdAccess(home, authority, file)
  await askEtcd(access, (client) => untilStarted(client, started, watch))
  return file
}

/** The store of the cluster that a home is in. */
export async function openClusterStore(home: string) {
  const file = await readHostFile(home)
  if (!file) throw new Error(`${home} is no host`)
  return openEtcdStore(await etcdAccess(home, await openAuthority(home), file))
}
