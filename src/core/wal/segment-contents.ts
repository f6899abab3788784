import type { ClockSetBack } from '../../contract/backup.ts'
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
  /** Where a commit is earlier than the one before it by more than commits at once ever are. */
  readonly setBacks?: readonly ClockSetBack[]
  readonly restorePoints: readonly RestorePoint[]
  /** The record with which the server left the rest of the segment empty. */
  readonly switchedAt?: string
}

/**
 * Sessions that commit at once may be written in another order than they took the time, by what a busy machine makes one of them
 * wait in between; a clock that is set right by a time server steps for more than this.
 */
export const SET_BACK_MICROS = 1_000_000

/** A clock that goes back and forth says no more by its hundredth time. */
const MOST_SET_BACKS = 16

/** Gathers that, record by record. */
export class SegmentContents {
  #commits = 0
  #firstMicros = Infinity
  #lastMicros = -Infinity
  #lastCommit: bigint | undefined
  #atMicros = -Infinity
  readonly #setBacks: ClockSetBack[] = []
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
    if (end.atMicros < this.#atMicros - SET_BACK_MICROS) this.#addSetBack(record.lsn, end.atMicros)
    this.#atMicros = end.atMicros
    this.#commits++
    this.#firstMicros = Math.min(this.#firstMicros, end.atMicros)
    this.#lastMicros = Math.max(this.#lastMicros, end.atMicros)
    this.#lastCommit = record.lsn
  }

  #addSetBack(lsn: bigint, toMicros: number): void {
    if (this.#setBacks.length === MOST_SET_BACKS) return
    const [from, to] = [instantOf(this.#atMicros), instantOf(toMicros)]
    this.#setBacks.push({ lsn: formatLsn(lsn), from, to })
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
    const setBacks = this.#setBacks.length === 0 ? {} : { setBacks: this.#setBacks }
    const restorePoints = this.#restorePoints
    return { commits: this.#commits, ...commits, ...setBacks, restorePoints, ...switched }
  }
}
