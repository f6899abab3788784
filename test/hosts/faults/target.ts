import type { Endpoint } from '../harness/endpoint.ts'
import type { Hosts } from '../open-hosts.ts'

/** The parts of a highly available Postgres, by what they are for; each runs on every host. */
export type Part =
  /** etcd. */
  | 'dcs'
  /** What decides who leads and runs the server: Patroni. */
  | 'leadership'
  /** What finds the primary for connections: HAProxy. */
  | 'router'
  | 'pooler'

export interface Member {
  readonly host: string
  readonly isLeader: boolean
  /** The leader takes writes, or a replica streams from it. */
  readonly isHealthy: boolean
}

/** A cluster on lab hosts that faults are tried on. Gone with its hosts when it is disposed of. */
export interface Target extends AsyncDisposable {
  readonly name: string
  readonly hosts: Hosts
  /** As clients in `edge` reach them. */
  readonly endpoints: readonly Endpoint[]
  /** Where replicas reach the primary's server. */
  readonly serverPort: number
  /** The port that members of the DCS have for clients, and the one for each other. */
  readonly dcsPorts: readonly [number, number]

  /** What the cluster says of itself, asked at a host that can answer. */
  members(): Promise<Member[]>
  /** The host of the primary, once there is one. */
  leader(): Promise<string>
  /** Waits until every member leads or streams, a standby is synchronous, and the DCS is complete. */
  untilWhole(): Promise<void>

  /** Kills the server; it is gone with all its processes afterwards. */
  killPostmaster(host: string): Promise<void>
  /** Kills the server process of one client. */
  killBackend(host: string): Promise<void>
  /** From now on the server's settings cannot be read, so that it does not start. */
  breakSettings(host: string): Promise<void>
  mendSettings(host: string): Promise<void>
  /** A part that dies comes back as it would on a real host; one that is held stays away until it is released. */
  signal(part: Part, host: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void>
  hold(part: Part, host: string): Promise<void>
  release(part: Part, host: string): Promise<void>
  /** The host whose member leads the DCS. */
  dcsLeader(): Promise<string>

  /** Moves the primary to another host, as planned work. */
  switchover(): Promise<void>
}
