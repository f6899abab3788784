import { join } from 'node:path'
import { segmentName, parseSegmentName } from '../../core/wal/segment-name.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Owner } from '../../system/files.ts'
import { readControlFile } from '../../system/tools/postmaster.ts'
import type { ArchiveMemory } from './archive.ts'
import { byWalOrder, stillWaiting } from './incoming.ts'
import type { Inventory } from './inventory.ts'
import { lineageFolder } from './lineage-folder.ts'
import { type Arrival, takeIn, type TakeIn } from './take-in.ts'

export interface Taking {
  readonly lineage: LineageDocument
  readonly data: string | undefined
  readonly memory: Pick<ArchiveMemory, 'unreadable'>
  readonly owner: Owner | undefined
  readonly before: Inventory
  /** In `incoming`. */
  readonly arrived: readonly string[]
  /** Archived, as the server says, and nowhere: most are still among the server's own files. */
  readonly overlooked: readonly string[]
  /** Where the server is known to have left the archive's history. */
  readonly forks: readonly string[]
}

/** Takes all of them in, and what the index does not know yet. Remembers what cannot be read. Throws DISK_FULL, HOME_UNUSABLE. */
export async function takeArrivals(taking: Taking): Promise<void> {
  const { lineage, data, memory, owner, before, arrived, overlooked, forks } = taking
  const folder = lineageFolder(lineage)
  const own = data === undefined ? '' : join(data, 'pg_wal')
  const untried = overlooked.filter((name) => !memory.unreadable.has(name))
  const kept = data === undefined ? [] : await stillWaiting(own, untried)
  const arrival = (name: string, directory: string, incoming: boolean): Arrival => ({
    name,
    path: join(directory, name),
    indexed: before.has(name),
    incoming,
  })
  const arrivals = [
    ...arrived.map((name) => arrival(name, folder.incoming, true)),
    ...kept.map(({ name }) => arrival(name, own, false)),
  ].toSorted((a, b) => byWalOrder(a.name, b.name))
  const unindexed = before.unindexed.filter((name) => !memory.unreadable.has(name))
  if (arrivals.length + unindexed.length === 0) return
  const taken = await takeIn({
    folder,
    segmentBytes: lineage.walSegmentBytes,
    systemIdentifier: lineage.systemIdentifier || (data && (await identifierOf(data))),
    owner,
    arrivals,
    unindexed,
    forks,
    ...(data === undefined ? {} : { own }),
    ...neighbours(before, arrivals, lineage.walSegmentBytes),
  })
  for (const { name, outcome, sentence = '' } of taken) {
    if (outcome === 'kept') memory.unreadable.delete(name)
    else if (outcome === 'damaged' && !arrived.includes(name)) memory.unreadable.set(name, sentence)
  }
}

/** What arrivals must fit with, of what is archived. */
function neighbours(
  { lines, ranges }: Inventory,
  arrivals: readonly Arrival[],
  segmentBytes: number,
): Pick<TakeIn, 'oldest' | 'lastRecords'> {
  const before = new Set(arrivals.map(({ name }) => segmentBefore(name, segmentBytes)))
  const lastRecords = lines.flatMap(({ segment, facts: { lastRecordLsn } }) =>
    before.has(segment) && lastRecordLsn !== undefined ? [[segment, lastRecordLsn] as const] : [],
  )
  // By timeline and place.
  const oldest = new Map(ranges.toReversed().map(({ timeline, first }) => [timeline, first]))
  return { oldest: [...oldest.values()], lastRecords: Object.fromEntries(lastRecords) }
}

function segmentBefore(name: string, segmentBytes: number): string | undefined {
  const place = parseSegmentName(name, segmentBytes)
  if (!place || place.startLsn === 0n) return undefined
  return segmentName(place.timeline, place.startLsn - 1n, segmentBytes)
}

const identifierOf = async (data: string): Promise<string | undefined> =>
  (await readControlFile(data))?.systemIdentifier
