import type { Archive, WalRange } from '../../contract/backup.ts'
import { laterOf, microsOf } from './postgres-time.ts'

type Seen = Pick<Archive, 'ranges' | 'completeUntil' | 'checkedAt'>

/**
 * An archive as it was just seen, with what was known of it before. That everything until a moment is in it was seen beside its server,
 * and stays true without the server, for as long as the archive has all of the WAL that it had then.
 */
export function withKnownUntil<T extends Seen>(seen: T, before: Seen | undefined): T {
  const known = before?.completeUntil
  if (before === undefined || known === undefined) return seen
  // The clock was set back since: what was committed meanwhile may have an earlier time.
  const isAhead =
    microsOf(known) > microsOf(seen.checkedAt) ||
    microsOf(before.checkedAt) > microsOf(seen.checkedAt)
  if (isAhead || !hasEnd(seen.ranges, newestOf(before.ranges))) return seen
  return { ...seen, completeUntil: laterOf(known, seen.completeUntil) }
}

/** Whether a stretch is there to its end, with no hole; its beginning may have been pruned. */
function hasEnd(ranges: readonly WalRange[], wanted: WalRange | undefined): boolean {
  if (!wanted) return true
  const overlapping = ranges.filter(
    ({ timeline, first, last }) =>
      timeline === wanted.timeline && last >= wanted.first && first <= wanted.last,
  )
  const [only] = overlapping
  return overlapping.length === 1 && only !== undefined && only.last >= wanted.last
}

/** The one that reaches farthest. */
const newestOf = (ranges: readonly WalRange[]): WalRange | undefined =>
  ranges.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).at(-1)

/** By place, then timeline. */
const orderOf = ({ last }: WalRange): string => `${last.slice(8)}${last.slice(0, 8)}`
