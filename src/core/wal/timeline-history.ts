import { parseLsn } from './lsn.ts'

/** One line of a timeline's history: until where it goes on with an ancestor's WAL. */
export interface Ancestor {
  readonly timeline: number
  /** The first byte that is not the ancestor's any more. */
  readonly switchLsn: bigint
}

/** For each timeline whose `.history` file is there: its ancestors, the first one first. Timeline 1 has none. */
export type TimelineHistories = ReadonlyMap<number, readonly Ancestor[]>

/**
 * Reads the text of a `.history` file: timeline, LSN and a reason on each line, `#` begins a comment. Undefined when a line is
 * neither, or the timelines do not rise, which Postgres refuses too (timeline.c).
 */
export function parseTimelineHistory(text: string): readonly Ancestor[] | undefined {
  const ancestors: Ancestor[] = []
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|$)/.test(line)) continue
    const [, digits, place = ''] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? []
    const switchLsn = parseLsn(place)
    const timeline = Number(digits)
    if (switchLsn === undefined || timeline <= (ancestors.at(-1)?.timeline ?? 0)) return undefined
    ancestors.push({ timeline, switchLsn })
  }
  return ancestors
}
