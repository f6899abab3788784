import { join } from 'node:path'
import type { Archive, Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { ensureDirectory, type Owner } from '../../system/files.ts'
import { readArchiveStatus } from '../../system/tools/archive-status.ts'
import { archiveProblems } from './archive-problems.ts'
import { archiveReport } from './archive-report.ts'
import { asidesIn } from './asides.ts'
import { listBases } from './bases.ts'
import { completeUntil } from './complete-until.ts'
import type { CurrentWalReader } from './current-wal.ts'
import { isInFork } from './forked-wal.ts'
import { arrivedIn, stillWaiting } from './incoming.ts'
import type { Inventory } from './inventory.ts'
import { lineageFolder } from './lineage-folder.ts'
import { neededSince } from './needed-wal.ts'
import { sweep } from './sweep.ts'
import { takeArrivals } from './take-arrivals.ts'

/** What is kept in mind of a lineage between two looks at it. */
export interface ArchiveMemory {
  readonly takeStock: () => Promise<Inventory>
  readonly readCurrent: CurrentWalReader
  /** Segments that cannot be read, with the reason: they are not tried again in this life. */
  readonly unreadable: Map<string, string>
  /** Since when a segment is known to be lost. */
  readonly lostSince: Map<string, Date>
  /** Archived segments that the server is behind, as a backup of it has shown. */
  readonly beyond: Map<string, Date>
  /** Whether what dead processes left was looked for. */
  swept: boolean
}

/** Takes in what the server archived since the last time, and tells what there is. */
export async function lookAfterArchive(
  lineage: LineageDocument,
  member: MemberDocument | undefined,
  memory: ArchiveMemory,
  owner: Owner | undefined,
): Promise<Archive> {
  // Before everything else: what is committed later may not be seen.
  const now = new Date()
  const folder = lineageFolder(lineage)
  if (!memory.swept) await sweep(folder)
  memory.swept = true
  // A server whose place is gone archives nothing, until its disk is full.
  if (member) await ensureDirectory(folder.incoming, { mode: 0o700, owner })
  const data = member && join(member.directory, 'data')
  const status = data ? await readArchiveStatus(data) : { waiting: [], archived: [] }
  const arrived = await arrivedIn(folder)
  const bases = await listBases(folder)
  const before = await memory.takeStock()
  const isNeeded = neededSince(bases.at(0), before, lineage.walSegmentBytes)
  const beyond = [...memory.beyond].map(([name, since]) => ({ name, since }))
  const forks = [...(await asidesIn(folder.forked)), ...beyond].map(({ name }) => name)
  const isOverlooked = (name: string): boolean =>
    isNeeded(name) && !before.has(name) && !arrived.includes(name) && !isInFork(name, forks)
  const overlooked = status.archived.filter(isOverlooked)
  await takeArrivals({ lineage, data, memory, owner, before, arrived, overlooked, forks })

  const stock = await memory.takeStock()
  // One that is closed has no server any more, and nothing is to be done about it.
  const forked = lineage.closedAt ? [] : [...(await asidesIn(folder.forked)), ...beyond]
  const waiting = status.waiting.filter(({ name }) => !stock.has(name) && !arrived.includes(name))
  const stuck = await stillWaiting(folder.incoming, arrived)
  const holes = stock.holes.filter(({ last }) => isNeeded(last))
  const missing = [
    ...overlooked
      .filter((segment) => !stock.has(segment))
      .map((segment) => ({ segment, since: lostSince(segment), was: 'archived' as const })),
    ...stock.gone
      .filter(({ segment }) => isNeeded(segment))
      .map((line) => ({ ...line, since: new Date(line.archivedAt), was: 'there' as const })),
  ]
  const problems = archiveProblems({
    now,
    holes,
    missing,
    waiting,
    stuck,
    different: await asidesIn(folder.different),
    forked,
    damaged: await asidesIn(folder.damaged),
    unreadable: stock.unindexed.flatMap((segment) => {
      const sentence = memory.unreadable.get(segment)
      return sentence === undefined ? [] : [{ segment, sentence, since: lostSince(segment) }]
    }),
    archivedAfter: ({ last }) => {
      const next = stock.lines.find(({ segment }) => segment > last)
      return next ? new Date(next.archivedAt) : lostSince(last)
    },
    has: stock.has,
  })
  const isWhole = waiting.length + stuck.length + missing.length + forked.length === 0
  const complete = await completeUntil({
    now,
    lineage,
    member: isWhole ? member : undefined,
    archived: status.archived,
    stock,
    holes: holes.filter(({ last }) => neededFrom(bases.at(-1))(last)),
    readCurrent: memory.readCurrent,
  })
  return archiveReport({ lineage, now, stock, waiting, problems, complete })

  function lostSince(segment: string): Date {
    const since = memory.lostSince.get(segment) ?? now
    memory.lostSince.set(segment, since)
    return since
  }

  function neededFrom(base: Backup | undefined) {
    return neededSince(base, stock, lineage.walSegmentBytes)
  }
}
