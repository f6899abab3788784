import type { HostFile, JoinBundle } from '../../contract/documents/host.ts'
import type { HostWanted, PreflightFinding } from '../../contract/host.ts'
import type { Watch } from '../../drivers/driver.ts'

/** This machine as a host, for the operations that make it one. Everything is safe to repeat. */
export interface HostMachine {
  /** `host.json` as it is now; undefined when this machine is no host. */
  file(): Promise<HostFile | undefined>
  /** Writes it durably, with its member’s state as it is. */
  writeFile(file: HostFile): Promise<void>

  /** Looks whether this machine can be a host, changing nothing. */
  preflight(asked: PreflightAsked, watch: Watch): Promise<PreflightFinding[]>
  /** Installs what a host needs and lacks. Starts no service and makes no cluster of the distribution’s. PACKAGES_FAILED with apt’s words. */
  installPackages(watch: Watch): Promise<InstalledPackages>

  /** Random: the id of a new cluster. */
  newClusterId(): string
  /** The default ports, or others where HOWDAH_CLUSTER_PORTS says so (for several hosts on one address in tests). */
  ports(): HostFile['ports']
  /** What another machine needs to join; of a host only. */
  bundle(): Promise<Pick<JoinBundle, 'caCertPem' | 'caKeyPem' | 'configKey'>>
  /** Takes over authority and key of the cluster. HOST_NOT_EMPTY when this home has instances, config or lineages of its own. */
  keepBundle(bundle: JoinBundle): Promise<void>

  /** Writes certificates and configuration for the member of etcd that `file` describes, starts it and waits until it has started. */
  startEtcd(file: HostFile, watch: Watch): Promise<void>
  /** Asks a cluster of etcd through these hosts. */
  etcd(file: Pick<HostFile, 'host' | 'ports' | 'etcdHosts'>): EtcdAdministration
  /** Ends this machine’s own member and removes its data. */
  removeEtcd(watch: Watch): Promise<void>

  /**
   * Writes `file`, whose state is `moving` or `leaving`, and has the daemon open its store anew. Never resolves: the operation is
   * taken up again by the worker on the other store. When the file’s state is past that already, it resolves at once.
   */
  moveStore(file: HostFile, signal: AbortSignal): Promise<void>

  /**
   * Undoes a way to becoming a host that failed before the state moved: the own member of etcd and its data, `host.json`, and the
   * cluster's key and authority give way to what was there before.
   */
  putBack(watch: Watch): Promise<void>
  /** Serves the API to other hosts, on its address and port of the cluster, now and after every start. CANNOT_LISTEN. */
  listen(file: Pick<HostFile, 'host' | 'ports'>): Promise<void>
  /** Ends that again. */
  stopListening(): Promise<void>

  /** Calls the daemon of a cluster as one that wants to join. JOIN_REFUSED with its reason, DAEMON_UNREACHABLE, DAEMON_UNTRUSTED. */
  askToJoin(token: string, wanted: HostWanted, watch: Watch): Promise<JoinBundle>
  /** Tells it that this host will not join after all: what was made for it there goes. */
  withdraw(token: string, wanted: HostWanted, watch: Watch): Promise<void>
}

export interface PreflightAsked {
  readonly host: HostWanted
  /** Addresses and ports of a cluster that must be reachable from here: those of the hosts that are in it. */
  readonly reach: readonly { readonly host: string; readonly port: number }[]
  /** Of the cluster to join; unset: those of a new one. */
  readonly ports?: HostFile['ports'] | undefined
}

export interface InstalledPackages {
  /** Those that were not there before, with their versions. */
  readonly added: readonly { readonly name: string; readonly version: string }[]
  readonly etcdVersion: string
}

export interface EtcdAdministration {
  /** What each says of itself; `down` for one that does not answer within a second or two. */
  members(): Promise<EtcdMemberState[]>
  /** Adds the member of a host as one without a vote; repeated it is the same one. */
  addLearner(address: string): Promise<void>
  /** Gives it its vote, waiting until it has caught up. */
  promote(address: string, watch: Watch): Promise<void>
  remove(address: string): Promise<void>
}

export interface EtcdMemberState {
  readonly id: string
  /** Of the host it is on; the name is not known before it has started once. */
  readonly address: string
  readonly role: 'leader' | 'follower' | 'learner' | 'down'
  readonly version?: string
}
