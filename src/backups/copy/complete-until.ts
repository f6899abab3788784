import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Hole } from '../../core/wal/ranges.ts'
import { parseWalFileName } from '../../core/wal/segment-name.ts'
import type { CurrentWalReader } from './current-wal.ts'
import { byWalOrder } from './incoming.ts'
import type { Inventory } from './inventory.ts'

export interface Completeness {
  readonly now: Date
  readonly lineage: LineageDocument
  /** Whose server archives, when the archive has all that it has finished. */
  readonly member: MemberDocument | undefined
  /** What the server says that it archived. */
  readonly archived: readonly string[]
  readonly stock: Inventory
  /** What is missing after the newest base. */
  readonly holes: readonly Hole[]
  readonly readCurrent: CurrentWalReader
}

/** The moment until which every commit is in the archive; undefined when that cannot be told. */
export async function completeUntil(known: Completeness): Promise<string | undefined> {
  const { now, lineage, member, archived, stock, holes, readCurrent } = known
  const [hole] = holes
  if (hole) return stock.ranges.findLast(({ last }) => last < hole.first)?.lastCommitAt
  const finished = [...archived, ...(stock.last ? [stock.last.segment] : [])]
    .filter((name) => parseWalFileName(name)?.kind === 'segment')
    .toSorted(byWalOrder)
    .at(-1)
  if (!member || finished === undefined) return stock.lastKnownAt
  const current = await readCurrent(member, finished, lineage.walSegmentBytes)
  if (current === undefined) return stock.lastKnownAt
  if (current === 'none') return now.toISOString()
  return new Date(Date.parse(current.firstCommitAt) - 1).toISOString()
}
