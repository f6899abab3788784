import { judgeFreshness } from './judge-freshness.ts'
import { judgePresence } from './judge-presence.ts'
import { judgePrimaries } from './judge-primaries.ts'
import { judgeSums } from './judge-sums.ts'
import type { Entry, History, Outcome } from './records.ts'

export type Rule =
  /** A write that was acknowledged is not there. */
  | 'lost-ack'
  /** A write is there that was refused, or that nobody tried. */
  | 'unexpected-write'
  /** A reader, or the end, saw another sum than the accounts were opened with, or balances that the transfers do not explain. */
  | 'broken-sum'
  /** Through an endpoint of the primary, a register was older than somebody had seen it before. */
  | 'stale-read'
  /** Two values were seen for one version of a register. */
  | 'forked-register'
  /** Two servers acknowledged writes at the same time, or an older timeline did after a newer one. */
  | 'two-primaries'

export interface Violation {
  readonly rule: Rule
  readonly what: string
}

export interface Verdict {
  readonly violations: readonly Violation[]
  readonly counts: Readonly<Record<Outcome, number>>
  /** Operations of unknown outcome that turned out to be there. */
  readonly recovered: number
  /** How often each reason was given for an operation that was not acknowledged. */
  readonly errors: Readonly<Record<string, number>>
}

/** Holds what clients saw against what is there. An empty list of violations means that every promise was kept. */
export function judge(history: History): Verdict {
  const { entries, final } = history
  const present = new Set(final.ids)
  const inserts = entries.filter((entry) => entry.kind === 'insert')
  return {
    violations: [
      ...judgePresence(history),
      ...judgeSums(history),
      ...judgeFreshness(history),
      ...judgePrimaries(history),
    ],
    counts: {
      acked: countOf(entries, 'acked'),
      refused: countOf(entries, 'refused'),
      unknown: countOf(entries, 'unknown'),
    },
    recovered: inserts.filter(({ outcome, id }) => outcome === 'unknown' && present.has(id)).length,
    errors: tally(entries.flatMap(({ error }) => (error === undefined ? [] : [error]))),
  }
}

const countOf = (entries: readonly Entry[], wanted: Outcome): number =>
  entries.filter(({ outcome }) => outcome === wanted).length

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
