import { join } from 'node:path'
import { type Hole, type KnownRange, walHoles, walRanges } from '../../core/wal/ranges.ts'
import { parseTimelineHistory, type TimelineHistories } from '../../core/wal/timeline-history.ts'
import { readText } from '../../system/files.ts'
import { type ArchivedNames, createNamesReader } from './archived-names.ts'
import { byWalOrder } from './incoming.ts'
import type { LineageFolder } from './lineage-folder.ts'
import { createIndexReader, type IndexLine, type WalIndex } from './wal-index.ts'

/** What of a lineage's WAL is there: the files say so, and the index says what is in them. */
export interface Inventory {
  /** The segments that are there and indexed, in the order of their names. */
  readonly lines: readonly IndexLine[]
  readonly ranges: readonly KnownRange[]
  readonly holes: readonly Hole[]
  /** Indexed, and not there. */
  readonly gone: readonly IndexLine[]
  /** There, and not indexed. */
  readonly unindexed: readonly string[]
  readonly histories: TimelineHistories
  readonly storedBytes: number
  /** The latest commit, and the latest moment that anything in it tells of. */
  readonly lastCommitAt: string | undefined
  readonly lastKnownAt: string | undefined
  /** The segment that comes last in the WAL. */
  readonly last: IndexLine | undefined
  /** Whether the index has it. */
  readonly has: (segment: string) => boolean
}

/** Takes stock of a lineage's WAL again and again; costs next to nothing while nothing changed. */
export function createStockTaker(
  folder: Pick<LineageFolder, 'wal' | 'index'>,
  segmentBytes: number,
): () => Promise<Inventory> {
  const readIndex = createIndexReader(folder.index)
  const readNames = createNamesReader(folder.wal)
  let known: { index: WalIndex; names: ArchivedNames; inventory: Inventory } | undefined
  return async () => {
    // In this order: a segment stands in its folder before it is in the index.
    const index = await readIndex()
    const names = await readNames()
    if (known?.index === index && known.names === names) return known.inventory
    const histories = await readHistories(folder.wal, names.histories)
    const inventory = takeStock(index, names, histories, segmentBytes)
    known = { index, names, inventory }
    return inventory
  }
}

function takeStock(
  index: WalIndex,
  { segments }: ArchivedNames,
  histories: TimelineHistories,
  segmentBytes: number,
): Inventory {
  const lines = [...index.values()]
    .filter(({ segment }) => segments.has(segment))
    .toSorted((a, b) => (a.segment < b.segment ? -1 : 1))
  const ranges = walRanges(
    lines.map(({ segment, facts }) => ({ ...facts, segment })),
    segmentBytes,
  )
  return {
    lines,
    ranges,
    holes: walHoles({ ranges, segmentBytes, histories }),
    gone: [...index.values()].filter(({ segment }) => !segments.has(segment)),
    unindexed: [...segments].filter((segment) => !index.has(segment)).toSorted(),
    histories,
    storedBytes: lines.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    lastCommitAt: latest(lines.map(({ facts }) => facts.lastCommitAt)),
    lastKnownAt: latest(
      lines.flatMap(({ facts }) => [facts.lastCommitAt, ...facts.restorePoints.map((p) => p.at)]),
    ),
    last: lines.toSorted((a, b) => byWalOrder(a.segment, b.segment)).at(-1),
    has: (segment) => segments.has(segment) && index.has(segment),
  }
}

/** Instants of one form sort as they come. */
function latest(instants: readonly (string | undefined)[]): string | undefined {
  let found: string | undefined
  for (const at of instants) if (at !== undefined && (found === undefined || at > found)) found = at
  return found
}

async function readHistories(wal: string, names: readonly string[]): Promise<TimelineHistories> {
  const read = await Promise.all(
    names.map(async (name) => {
      const ancestors = parseTimelineHistory((await readText(join(wal, name))) ?? '')
      return ancestors ? ([Number.parseInt(name.slice(0, 8), 16), ancestors] as const) : undefined
    }),
  )
  return new Map(read.filter((one) => one !== undefined))
}
