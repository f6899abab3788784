import { formatLsn } from './lsn.ts'
import { instantOf } from './postgres-time.ts'
import { readRestorePoint, type RestorePoint } from './restore-point.ts'
import { readTransactionEnd } from './transaction-end.ts'
import { SWITCH, type WalRecord, XLOG } from './wal-record.ts'

/** What the records that end in a segment say of commits and places. */
export interface ContentFacts {
  readonly commits: number
  /** The earliest and the latest time of its commits: a clock that was set back, or two at once, put them in any order. */
  readonly firstCommitAt?: string
  readonly lastCommitAt?: string
  /** The commit that comes last in it. */
  readonly lastCommitLsn?: string
  readonly restorePoints: readonly RestorePoint[]
  /** The record with which the server left the rest of the segment empty. */
  readonly switchedAt?: string
}

/** Gathers that, record by record. */
export class SegmentContents {
  #commits = 0
  #firstMicros = Infinity
  #lastMicros = -Infinity
  #lastCommit: bigint | undefined
  #switchedAt: bigint | undefined
  readonly #restorePoints: RestorePoint[] = []

  add(record: WalRecord): void {
    if (record.manager === XLOG) {
      if (record.kind === SWITCH) this.#switchedAt = record.lsn
      const point = readRestorePoint(record)
      if (point) this.#restorePoints.push(point)
      return
    }
    const end = readTransactionEnd(record)
    if (end?.outcome !== 'committed') return
    this.#commits++
    this.#firstMicros = Math.min(this.#firstMicros, end.atMicros)
    this.#lastMicros = Math.max(this.#lastMicros, end.atMicros)
    this.#lastCommit = record.lsn
  }

  facts(): ContentFacts {
    const commits =
      this.#lastCommit === undefined
        ? {}
        : {
            firstCommitAt: instantOf(this.#firstMicros),
            lastCommitAt: instantOf(this.#lastMicros),
            lastCommitLsn: formatLsn(this.#lastCommit),
          }
    const switched =
      this.#switchedAt === undefined ? {} : { switchedAt: formatLsn(this.#switchedAt) }
    return { commits: this.#commits, ...commits, restorePoints: this.#restorePoints, ...switched }
  }
}
