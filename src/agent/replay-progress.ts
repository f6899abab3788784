import type { MemberProgress } from '../contract/documents/member.ts'
import { replayedSegment } from '../system/tools/replay.ts'

/** Looking through the machine's processes is not for every look at a server; a fast recovery is over by then. */
const LOOK_MS = 1000

/** How far a server's recovery is. */
export class ReplayProgress {
  #lookAtMs = performance.now() + LOOK_MS
  #last: MemberProgress | undefined

  /** What was seen last, looked at once a second; undefined for a server that has not replayed for so long. */
  of(postmasterPid: number): MemberProgress | undefined {
    if (performance.now() < this.#lookAtMs) return this.#last
    this.#lookAtMs = performance.now() + LOOK_MS
    const segment = replayedSegment(postmasterPid)
    this.#last = segment ? { stage: 'replaying', segment } : undefined
    return this.#last
  }
}
