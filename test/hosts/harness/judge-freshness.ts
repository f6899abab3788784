import type { Violation } from './judge.ts'
import type { Entry, History, RegisterState } from './records.ts'

/** One look at one register: by a read, by an acknowledged put, or at the end. */
interface Sight extends RegisterState {
  readonly startMs: number
  readonly endMs: number
  /** Whether it had to see everything that was known before it began. */
  readonly isFresh: boolean
  readonly who: string
}

/**
 * Each version of a register has one value, whoever looks. Through the primary's endpoints a look never shows an older version
 * than another look that had ended before it began; a replica may lag, so its looks are held to the first rule only.
 */
export function judgeFreshness({ entries, final }: History): Violation[] {
  const last: Sight[] = final.registers.map((state) => ({
    ...state,
    startMs: Infinity,
    endMs: Infinity,
    isFresh: true,
    who: 'the end',
  }))
  const byKey = Map.groupBy([...entries.flatMap(sightsOf), ...last], ({ key }) => key)
  return [...byKey.values()].flatMap((sights) => [...forksIn(sights), ...stepsBackIn(sights)])
}

function sightsOf(entry: Entry): Sight[] {
  if (entry.outcome !== 'acked' || entry.kind === 'insert') return []
  const { startMs, endMs, client: who } = entry
  if (entry.kind === 'put') {
    const { key, version, value } = entry
    return [{ key, version, value, startMs, endMs, isFresh: true, who }]
  }
  const { registers = [], isFresh } = entry
  return registers.map((state) => ({ ...state, startMs, endMs, isFresh, who }))
}

function forksIn(sights: readonly Sight[]): Violation[] {
  const values = new Map<number, Sight>()
  const forks: Violation[] = []
  for (const sight of sights) {
    const other = values.get(sight.version)
    if (other === undefined) values.set(sight.version, sight)
    else if (other.value !== sight.value) {
      const what = `version ${sight.version} of register ${sight.key} was ${other.value} to ${other.who} and ${sight.value} to ${sight.who}`
      forks.push({ rule: 'forked-register', what })
    }
  }
  return forks
}

/** Walks through looks by their beginning, and beside it through the same by their end, so that all pairs cost one pass. */
function stepsBackIn(sights: readonly Sight[]): Violation[] {
  const fresh = sights.filter(({ isFresh }) => isFresh)
  const byEnd = fresh.toSorted((a, b) => a.endMs - b.endMs)
  const found: Violation[] = []
  let ended = 0
  let newest: Sight | undefined
  for (const sight of fresh.toSorted((a, b) => a.startMs - b.startMs)) {
    for (let next = byEnd[ended]; next && next.endMs < sight.startMs; next = byEnd[++ended]) {
      if (newest === undefined || next.version > newest.version) newest = next
    }
    if (newest === undefined || sight.version >= newest.version) continue
    const what = `register ${sight.key} had version ${sight.version} for ${sight.who} at ${sight.endMs} ms, after ${newest.who} had seen ${newest.version} at ${newest.endMs} ms`
    found.push({ rule: 'stale-read', what })
  }
  return found
}
