import type { Violation } from './judge.ts'
import { lsnOf } from './lsn.ts'
import type { History, Witness } from './records.ts'

/** All that one server acknowledged on one timeline. */
interface Reign {
  readonly server: string
  readonly timeline: number
  readonly lowestLsn: bigint
  readonly highestLsn: bigint
  /** When its earliest write was certainly committed, by the first answer. */
  readonly begunByMs: number
  /** When its latest write had certainly not been committed, by the last question. */
  readonly lastsAfterMs: number
}

/**
 * A timeline belongs to one server. Once a server has acknowledged on a timeline, none acknowledges on an older one a write
 * that was begun later, nor one that lies behind the place where the newer timeline forked off. Only what is certain counts:
 * a commit happened at some time between question and answer.
 */
export function judgePrimaries({ entries }: History): Violation[] {
  const reigns = reignsOf(entries)
  const pairs = reigns.flatMap((one) => reigns.map((other) => [one, other] as const))
  return pairs.flatMap(([older, newer]): Violation[] => {
    if (older.server === newer.server) return []
    const names = `${older.server} on timeline ${older.timeline} and ${newer.server} on ${newer.timeline}`
    if (older.timeline === newer.timeline) {
      // Each pair is met twice.
      if (older.server > newer.server) return []
      return [{ rule: 'two-primaries', what: `${names}: both acknowledged writes` }]
    }
    if (older.timeline > newer.timeline) return []
    const overlapMs = older.lastsAfterMs - newer.begunByMs
    if (overlapMs > 0) {
      const what = `${names}: both acknowledged writes for ${overlapMs.toFixed(0)} ms at least`
      return [{ rule: 'two-primaries', what }]
    }
    if (older.highestLsn > newer.lowestLsn) {
      const what = `${names}: the older acknowledged what the newer does not have`
      return [{ rule: 'two-primaries', what }]
    }
    return []
  })
}

function reignsOf(entries: History['entries']): Reign[] {
  const writes = entries.flatMap((entry) =>
    entry.kind !== 'read' && entry.outcome === 'acked' && entry.witness
      ? [{ ...entry.witness, startMs: entry.startMs, endMs: entry.endMs }]
      : [],
  )
  const groups = Map.groupBy(writes, ({ server, timeline }) => `${server} ${timeline}`)
  return [...groups.values()].map((group) => {
    const { server, timeline } = group[0] as Witness
    const lsns = group.map(({ lsn }) => lsnOf(lsn))
    return {
      server,
      timeline,
      lowestLsn: lsns.reduce((a, b) => (a < b ? a : b)),
      highestLsn: lsns.reduce((a, b) => (a > b ? a : b)),
      begunByMs: group.reduce((least, { endMs }) => Math.min(least, endMs), Infinity),
      lastsAfterMs: group.reduce((most, { startMs }) => Math.max(most, startMs), -Infinity),
    }
  })
}
