import type { ArchivedSegment } from '../../core/pgbackrest/archive-listing.ts'
import { commitsAround } from '../../core/wal/commits-around.ts'
import { findTransaction } from '../../core/wal/find-transaction.ts'
import { microsOf } from '../../core/wal/postgres-time.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import type { Found, Sought } from '../backup-engine.ts'
import { byWalOrder } from '../copy/incoming.ts'
import type { IndexLine } from '../copy/wal-index.ts'
import { fetchListing } from './fetch-listing.ts'
import { unpackSegment } from './packed-segment.ts'
import { withArchived } from './segment-files.ts'
import type { Stanza } from './stanza.ts'
import { segmentBefore, type WalFacts } from './wal-facts.ts'

/**
 * Finds a target in an archive by what is known of its segments. Of those that nobody read yet, as on a machine that has only the
 * repository, as few as possible are brought here: a time is found by halving, the others from the newest on.
 */
export async function findInArchive(
  stanza: Stanza,
  facts: WalFacts,
  sought: Sought,
): Promise<Found> {
  const { segments } = await fetchListing(stanza, 1)
  const archive = new Archive(stanza, facts, segments)
  switch (sought.kind) {
    case 'time':
      return findTime(archive, sought.at)
    case 'name':
      return findName(archive, sought.name)
    case 'xid':
      return findXid(archive, sought.xid)
  }
}

class Archive {
  readonly names: readonly string[]
  readonly #stanza: Stanza
  readonly #facts: WalFacts
  readonly #archived: readonly ArchivedSegment[]

  constructor(stanza: Stanza, facts: WalFacts, archived: readonly ArchivedSegment[]) {
    this.#stanza = stanza
    this.#facts = facts
    this.#archived = archived
    this.names = archived.map(({ name }) => name).toSorted(byWalOrder)
  }

  /** What is in a segment; undefined when it is not as it was archived. */
  async of(name: string): Promise<IndexLine | undefined> {
    const known = (await this.#facts.read()).get(name)
    if (known) return known
    const archived = this.#archived
    const wanted = archived.filter((segment) => segment.name === name)
    await this.#facts.learn({ stanza: this.#stanza, archived, wanted, data: undefined })
    return (await this.#facts.read()).get(name)
  }

  /** Gives `work` a segment's content, and what the one before left cut. */
  async open<T>(
    name: string,
    work: (bytes: Buffer, tail: SegmentTail | undefined) => T,
  ): Promise<T> {
    const before = segmentBefore(name, this.#stanza.lineage.walSegmentBytes)
    const wanted = this.#archived.filter((s) => s.name === before || s.name === name)
    return withArchived(this.#stanza, wanted, async (paths) => {
      const read = async (segment: ArchivedSegment | undefined): Promise<Buffer | undefined> => {
        const path = segment && paths.get(segment.name)
        return segment && path ? unpackSegment({ ...segment, path }) : undefined
      }
      const previous = await read(wanted.find((s) => s.name === before))
      const tail = previous && readSegment(previous, { crc: false }).tail
      const bytes = await read(wanted.find((s) => s.name === name))
      return work(bytes ?? Buffer.alloc(0), tail)
    })
  }
}

/** `at` and `lsn` are those of the last commit that comes back. */
async function findTime(archive: Archive, at: string): Promise<Found> {
  const target = microsOf(at)
  const lastCommit = async (i: number): Promise<number | undefined> => {
    const commit = (await archive.of(archive.names[i] ?? ''))?.facts.lastCommitAt
    return commit === undefined ? undefined : microsOf(commit)
  }
  const index = await firstAfter(archive.names.length, target, lastCommit)
  const name = index === undefined ? undefined : archive.names[index]
  const last = await lastBefore(archive, index ?? archive.names.length)
  if (name === undefined) {
    const lastCommitAt = last?.lastCommitAt
    return { present: false, ...(lastCommitAt === undefined ? {} : { lastCommitAt }) }
  }
  const around = await archive.open(name, (bytes, tail) => commitsAround(bytes, at, tail))
  const lastAt = around.before?.at ?? last?.lastCommitAt
  const lastLsn = around.before?.lsn ?? last?.lastCommitLsn
  return {
    present: true,
    ...(lastAt === undefined ? {} : { at: lastAt }),
    ...(lastLsn === undefined ? {} : { lsn: lastLsn }),
  }
}

/** The first of `count` whose value is above the target, by halving; those that have no value tell nothing. */
async function firstAfter(
  count: number,
  target: number,
  valueOf: (index: number) => Promise<number | undefined>,
): Promise<number | undefined> {
  let found: number | undefined
  let [from, to] = [0, count]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    let at = middle
    let value = await valueOf(at)
    while (value === undefined && at + 1 < to) value = await valueOf(++at)
    if (value !== undefined && value <= target) from = at + 1
    else {
      if (value !== undefined) found = at
      to = middle
    }
  }
  return found
}

async function lastBefore(archive: Archive, index: number) {
  for (let i = index - 1; i >= 0; i--) {
    const facts = (await archive.of(archive.names[i] ?? ''))?.facts
    if (facts?.lastCommitAt !== undefined) return facts
  }
  return undefined
}

/** The newest of that name. */
async function findName(archive: Archive, name: string): Promise<Found> {
  for (const segment of archive.names.toReversed()) {
    const point = (await archive.of(segment))?.facts.restorePoints.findLast((p) => p.name === name)
    if (point) return { present: true, at: point.at, lsn: point.lsn }
  }
  return { present: false }
}

/** Newest first: numbers come again after four thousand million. */
async function findXid(archive: Archive, xid: string): Promise<Found> {
  const sought = Number(BigInt(xid) & 0xffff_ffffn)
  for (const segment of archive.names.toReversed()) {
    const xids = (await archive.of(segment))?.xids
    if (!xids || sought < xids.least || sought > xids.most) continue
    const { found } = await archive.open(segment, (bytes, tail) =>
      findTransaction(bytes, xid, tail),
    )
    if (found) return { present: true, at: found.at, lsn: found.lsn }
  }
  return { present: false }
}
