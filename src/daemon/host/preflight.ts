import { hostname } from 'node:os'
import type { ClusterPorts } from '../../contract/documents/host.ts'
import type { PreflightFinding } from '../../contract/host.ts'
import type { HostFacts, NetworkFacts, PortFacts, SystemFacts } from '../../core/host/facts.ts'
import { distributionOf } from '../../core/host/packages.ts'
import { judgePreflight } from '../../core/host/preflight.ts'
import { parseOsRelease } from '../../core/host/system-release.ts'
import { versionText, versionWithin } from '../../core/host/version.ts'
import type { Watch } from '../../drivers/driver.ts'
import type { PreflightAsked } from '../../operations/host/machine.ts'
import { probeConnection } from '../../system/connect-probe.ts'
import { freeBytes } from '../../system/disk.ts'
import { readText } from '../../system/files.ts'
import { addressesOf, ownAddresses } from '../../system/host/addresses.ts'
import { isClockSynchronised } from '../../system/host/clock-state.ts'
import { candidateOf } from '../../system/host/dpkg.ts'
import { distributionClusters, serversOutside, strangerOn } from '../../system/host/neighbours.ts'
import { totalMemoryBytes } from '../../system/memory.ts'
import { isFree } from '../../system/ports.ts'
import { firstInPath } from '../../system/program-path.ts'
import { findEtcd } from '../../system/tools/etcd.ts'

/** The home that is to be a host’s, and the ports of its cluster. */
export interface HostPlace {
  readonly home: string
  readonly ports: ClusterPorts
}

/** A host that does not answer within this is none to build a cluster on. */
const REACH_MS = 5000

const STANDARD_PORT = 5432
/** Nobody's own: only who listens on all addresses has it. */
const LAST_LOOPBACK = '127.255.255.254'

/** Looks whether this machine can be a host, changing nothing. */
export async function preflight(
  place: HostPlace,
  asked: PreflightAsked,
  { report }: Watch,
): Promise<PreflightFinding[]> {
  report('looks at this machine')
  return judgePreflight(await factsOf(place, asked))
}

async function factsOf(
  { home, ports }: HostPlace,
  { host, reach }: PreflightAsked,
): Promise<HostFacts> {
  const [system, isSynchronised, network, portFacts, hostnames, names, clusters, standard] =
    await Promise.all([
      systemFacts(),
      isClockSynchronised(),
      networkFacts(host.address, reach),
      Promise.all(usesOf(ports, host.address).map((use) => portFact(home, use))),
      addressesOf(hostname()),
      addressesOf(host.name),
      distributionClusters(),
      portFact(home, { port: STANDARD_PORT, address: LAST_LOOPBACK, use: '' }),
    ])
  return {
    system,
    clock: { isSynchronised },
    memoryBytes: totalMemoryBytes(),
    disk: { home, freeBytes: freeBytes(home) },
    network,
    ports: portFacts,
    names: {
      hostname: hostname(),
      hostnameAddresses: hostnames,
      name: host.name,
      nameAddresses: names,
    },
    neighbours: {
      programs: serversOutside(home),
      clusters,
      onStandardPort: standard.takenBy,
    },
  }
}

async function systemFacts(): Promise<SystemFacts> {
  const release = parseOsRelease((await readText('/etc/os-release')) ?? '')
  const distribution = distributionOf(release)
  const [here, apt] = await Promise.all([findEtcd(), firstInPath(['apt-get'])])
  const version = versionWithin(here?.version ?? '')
  const [etcdPackage] = distribution?.etcdPackages ?? []
  const candidate =
    version || apt === undefined || etcdPackage === undefined
      ? undefined
      : await candidateOf(etcdPackage)
  return {
    release,
    isRoot: process.geteuid?.() === 0,
    hasApt: apt !== undefined,
    etcd: version
      ? { version: versionText(version), isHere: true }
      : candidate === undefined
        ? undefined
        : { version: candidate, isHere: false },
  }
}

async function networkFacts(
  address: string,
  reach: PreflightAsked['reach'],
): Promise<NetworkFacts> {
  const reached = reach.map(async ({ host, port }) => {
    const probed = await probeConnection({ host, port, tls: false, timeoutMs: REACH_MS })
    return { host, port, failure: probed.reached === 'ready' ? undefined : probed.code }
  })
  return {
    address,
    // Any free port: only an address of this machine can be listened on.
    isOwn: await isFree(address, 0),
    ownAddresses: ownAddresses(),
    reached: await Promise.all(reached),
  }
}

function usesOf(ports: ClusterPorts, address: string): Omit<PortFacts, 'takenBy'>[] {
  return [
    { port: ports.api, address, use: 'the API' },
    { port: ports.etcdClient, address, use: 'etcd’s clients' },
    { port: ports.etcdPeer, address, use: 'etcd’s members' },
    { port: ports.etcdMetrics, address: '127.0.0.1', use: 'etcd’s metrics' },
  ]
}

async function portFact(home: string, use: Omit<PortFacts, 'takenBy'>): Promise<PortFacts> {
  const { address, port } = use
  // With a foreign address no port is free, which the network's finding says once.
  const isTaken = !(await isFree(address, port)) && (await isFree(address, 0))
  return { ...use, takenBy: isTaken ? strangerOn(home, port, address) : undefined }
}
