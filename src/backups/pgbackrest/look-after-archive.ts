import { join } from 'node:path'
import type { Archive } from '../../contract/backup.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { StanzaInfo } from '../../core/pgbackrest/info.ts'
import { isFile } from '../../system/entries.ts'
import { readArchiveStatus } from '../../system/tools/archive-status.ts'
import type { CurrentWalReader } from '../copy/current-wal.ts'
import { archiveReport, type ArchiveSeen, archiveState, lastCommitIn } from './archive-state.ts'
import type { ListingReader } from './fetch-listing.ts'
import { strayIn } from './fork-note.ts'
import { type Compared, forgetPushed, forkIn, takeOut } from './forked-wal.ts'
import { ensureStanza, expectStanza } from './make-stanza.ts'
import type { Offsite } from './offsite.ts'
import { pushSegment } from './segment-files.ts'
import { dataOf, type Stanza } from './stanza.ts'
import { readInfo } from './stored-backups.ts'
import type { WalFacts } from './wal-facts.ts'

/** What is kept in mind of a lineage between two looks at its archive. */
export interface ArchiveMemory {
  readonly list: ListingReader
  readonly facts: WalFacts
  readonly readCurrent: CurrentWalReader
  readonly offsite: Offsite
  /** Since when a segment was seen to be missing, or to be there twice. */
  readonly missingSince: Map<string, Date>
  readonly compared: Compared
  backups: { readonly info: StanzaInfo; readonly readAtMs: number } | undefined
}

/** Backups come and go by our own hand, and rarely. */
const INFO_EVERY_MS = 10 * 60 * 1000

/**
 * Tells what the archive has, after it made the stanza where it was not made yet, archived again what went past the archive and the server
 * still keeps, brought the off-site repository what it lacks, and took out what a server that left the archive's history pushed.
 */
export async function lookAfterArchive(
  stanza: Stanza,
  member: MemberDocument | undefined,
  memory: ArchiveMemory,
): Promise<Archive> {
  // Before everything else: what is committed later may not be seen.
  const now = new Date()
  if (member) await ensureStanza(stanza, member)
  const data = member && dataOf(member)
  const status = data === undefined ? { waiting: [], archived: [] } : await readArchiveStatus(data)
  const info = await knownBackups(stanza, memory)
  if (data !== undefined) await forgetPushed(stanza, data)
  let listing = await memory.list(stanza)
  const note = await forkIn(stanza, listing, { status, data, now, compared: memory.compared })
  if (note && (await takeOut(stanza, memory.facts, strayIn(listing, note)))) {
    listing = await memory.list(stanza)
  }
  // One that is closed has no server any more, and nothing is to be done about it.
  const isTold = note && stanza.lineage.closedAt === undefined
  const forked = isTold ? [{ name: note.segment, since: new Date(note.since) }] : []
  const look = async (): Promise<ArchiveSeen> => ({
    now,
    lineage: stanza.lineage,
    listing,
    forked,
    index: await memory.facts.read(),
    status,
    oldest: info.backups[0],
    missingSince: (segment) => sinceOf(memory.missingSince, segment, now),
  })
  let seen = await look()
  if (seen.listing.segments.length === 0) await expectStanza(stanza)
  let state = archiveState(seen)
  if (data !== undefined && (await rescue(stanza, state.missing, data))) {
    listing = await memory.list(stanza)
    seen = await look()
  }
  const { segments } = seen.listing
  const learnt = await memory.facts.learn({ stanza, archived: segments, wanted: segments, data })
  if (learnt) seen = await look()
  state = archiveState(seen)
  forget(memory.missingSince, state.missing)
  const problems = memory.offsite.lookAfter(stanza, { listing, info, data })
  const completeUntil = await completeness(seen, state, member, memory.readCurrent)
  return archiveReport(seen, state, { completeUntil, problems })
}

async function knownBackups(stanza: Stanza, memory: ArchiveMemory): Promise<StanzaInfo> {
  const known = memory.backups
  if (known && performance.now() - known.readAtMs < INFO_EVERY_MS) return known.info
  const info = await readInfo(stanza, 1)
  memory.backups = { info, readAtMs: performance.now() }
  return info
}

/** Archives what the server believes to be archived and the archive lacks, for as long as the server has it. */
async function rescue(stanza: Stanza, missing: readonly string[], data: string): Promise<boolean> {
  let rescued = false
  const { files, repositories } = stanza
  const configFile = repositories.length > 1 ? files.primaryConfig : files.config
  for (const segment of missing) {
    const path = join(data, 'pg_wal', segment)
    if (!(await isFile(path))) continue
    await pushSegment(stanza, configFile, { path, data })
    rescued = true
  }
  return rescued
}

/** The moment until which every commit is in the archive; undefined when that cannot be told. */
async function completeness(
  { index, now, lineage, status, forked }: ArchiveSeen,
  { holes, ranges, waiting, missing, last }: ReturnType<typeof archiveState>,
  member: MemberDocument | undefined,
  readCurrent: CurrentWalReader,
): Promise<string | undefined> {
  const [hole] = holes
  if (hole) return ranges.findLast((range) => range.last < hole.first)?.lastCommitAt
  const isBehind = waiting.length + missing.length + forked.length > 0
  const finished = [...status.archived, ...(last === undefined ? [] : [last])]
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .toSorted()
    .at(-1)
  if (!member || isBehind || finished === undefined) return lastCommitIn(index)
  const current = await readCurrent(member, finished, lineage.walSegmentBytes)
  if (current === undefined) return lastCommitIn(index)
  if (current === 'none') return now.toISOString()
  return new Date(Date.parse(current.firstCommitAt) - 1).toISOString()
}

function sinceOf(known: Map<string, Date>, segment: string, now: Date): Date {
  const since = known.get(segment) ?? now
  known.set(segment, since)
  return since
}

function forget(known: Map<string, Date>, missing: readonly string[]): void {
  if (missing.length === 0 && known.size > 1000) known.clear()
}
