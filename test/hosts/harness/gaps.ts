import type { Entry } from './records.ts'

export interface Gap {
  readonly endpoint: string
  /** Longest time between two acknowledged writes, whoever's. */
  readonly gapMs: number
  /** The same for the one client that waited longest. */
  readonly worstClientMs: number
  readonly clients: number
}

/** The time in which clients of an endpoint could not write, counted from `sinceMs`, for each endpoint that took writes. */
export function gapsOf(entries: readonly Entry[], sinceMs = -Infinity): Gap[] {
  const writes = entries.filter((entry) => entry.kind !== 'read' && entry.outcome === 'acked')
  const byEndpoint = Map.groupBy(writes, ({ endpoint }) => endpoint)
  return [...byEndpoint].map(([endpoint, ofEndpoint]) => {
    const byClient = Map.groupBy(ofEndpoint, ({ client }) => client)
    const each = [...byClient.values()].map((own) => longestGapMs(own, sinceMs))
    return {
      endpoint,
      gapMs: longestGapMs(ofEndpoint, sinceMs),
      worstClientMs: Math.max(...each),
      clients: byClient.size,
    }
  })
}

/** Between answers; the last answer before `sinceMs` begins the first gap. */
function longestGapMs(acked: readonly Entry[], sinceMs: number): number {
  const ends = acked.map(({ endMs }) => endMs).sort((a, b) => a - b)
  return ends.reduce((longest, endMs, index) => {
    const before = ends[index - 1]
    return before === undefined || endMs < sinceMs ? longest : Math.max(longest, endMs - before)
  }, 0)
}
