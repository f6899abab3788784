import type { SystemRelease } from './system-release.ts'

/** What was seen of a machine that is to be a host. */
export interface HostFacts {
  readonly system: SystemFacts
  readonly clock: ClockFacts
  readonly memoryBytes: number
  readonly disk: { readonly home: string; readonly freeBytes: number }
  readonly network: NetworkFacts
  readonly ports: readonly PortFacts[]
  readonly names: NameFacts
  readonly neighbours: NeighbourFacts
}

export interface SystemFacts {
  readonly release: SystemRelease
  readonly isRoot: boolean
  readonly hasApt: boolean
  /** The etcd that is here, or else the one that apt would bring; undefined when neither is known. */
  readonly etcd: { readonly version: string; readonly isHere: boolean } | undefined
}

export interface ClockFacts {
  /** Whether the kernel counts it as set over the network; undefined where that cannot be told. */
  readonly isSynchronised: boolean | undefined
}

export interface NetworkFacts {
  /** Under which the other hosts are to reach this one. */
  readonly address: string
  /** Whether the address is one of this machine’s. */
  readonly isOwn: boolean
  readonly ownAddresses: readonly string[]
  readonly reached: readonly {
    readonly host: string
    readonly port: number
    /** The system’s code for why it was not reached: ECONNREFUSED, ETIMEDOUT, … */
    readonly failure: string | undefined
  }[]
}

export interface PortFacts {
  readonly port: number
  readonly address: string
  /** What the host needs it for: `etcd’s clients`. */
  readonly use: string
  /** Undefined when it is free, or has been taken by this home’s own programs. */
  readonly takenBy: Program | 'unknown' | undefined
}

/** A program that runs. */
export interface Program {
  readonly name: string
  readonly pid: number
  /** The systemd service it belongs to: `etcd.service`. */
  readonly service: string | undefined
}

export interface NameFacts {
  /** The machine’s own. */
  readonly hostname: string
  /** Its addresses by the machine’s own lookup; none when there is no such name. */
  readonly hostnameAddresses: readonly string[]
  /** The name that the host is to have, and its addresses. */
  readonly name: string
  readonly nameAddresses: readonly string[]
}

export interface NeighbourFacts {
  /** Servers of the kinds that a host runs, started by others. */
  readonly programs: readonly Program[]
  /** Clusters of the distribution’s Postgres packages: `15/main`. */
  readonly clusters: readonly string[]
  /** Who listens on 5432 of all addresses. */
  readonly onStandardPort: Program | 'unknown' | undefined
}
