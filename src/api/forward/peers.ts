import type { Caller } from '../../contract/access.ts'
import type { HostDocument } from '../../contract/documents/host.ts'

/** A call as it came, for another host’s daemon. */
export interface PeerCall {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** JSON. */
  readonly body?: string
  /** Who calls: the other host believes it of us. */
  readonly caller: Caller
  /** Ends the call, which may have been carried out then. */
  readonly signal?: AbortSignal
}

/** The daemons of the other hosts. */
export interface Peers {
  /**
   * What the other daemon answers, refusals included. HOST_DOWN when it does not, and in the middle of the answer’s body when it stops;
   * with `details.carried` when it may have done what it was asked.
   */
  call(host: HostDocument, call: PeerCall): Promise<Response>
}
