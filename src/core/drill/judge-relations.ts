import type { DrillCheck } from '../../contract/drill.ts'

/** What a look through many indexes or tables came to. */
export interface LookedThrough {
  /** Those without a fault. */
  readonly sound: number
  /** What is wrong, a sentence for each. */
  readonly damaged: readonly string[]
  /** Those that there was no time for, or that could not be looked at, and why: a sentence for each. */
  readonly left: readonly string[]
}

const named = { indexes: 'B-tree indexes', tables: 'tables' } as const
/** A person wants to know what is damaged; hundreds of names tell no more than the first. */
const MOST_NAMED = 5

/** The result of amcheck's look at all indexes, or at all tables, of what was restored. */
export function judgeRelations(kind: keyof typeof named, looked: LookedThrough): DrillCheck {
  const { sound, damaged, left } = looked
  const without = left.length > 0 ? `. Not checked: ${list(left)}` : ''
  if (damaged.length > 0) {
    return { kind, outcome: 'failed', sentence: `${list(damaged)}${without}` }
  }
  if (sound > 0) {
    return { kind, outcome: 'passed', sentence: `${sound} ${named[kind]} are sound${without}` }
  }
  return { kind, outcome: 'skipped', sentence: list(left) || `there are no ${named[kind]}` }
}

function list(sentences: readonly string[]): string {
  const more = sentences.length - MOST_NAMED
  const first = sentences.slice(0, MOST_NAMED).join('; ')
  return more > 0 ? `${first}; and ${more} more` : first
}
