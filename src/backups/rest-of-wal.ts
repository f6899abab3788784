import { join } from 'node:path'
import { lsnOf } from '../core/wal/lsn.ts'
import { type ReadSegment, readSegment } from '../core/wal/read-segment.ts'
import { nextSegment } from '../core/wal/segment-name.ts'
import { namesIn } from '../system/entries.ts'
import { readPart } from '../system/regular-files.ts'
import { onThread } from '../system/thread.ts'

export interface RestSought {
  /** The data directory of a server that does not run. */
  readonly data: string
  readonly segmentBytes: number
  /** The newest segment that it is known to have finished; unset: none. */
  readonly finished: string | undefined
}

/** What a server wrote after the last segment that it said to be finished. */
export interface RestOfWal {
  /** Full ones, which it had no time to say so of, in order. */
  readonly full: readonly string[]
  /** The one that it was writing, and where in it the last whole record ends. */
  readonly last?: { readonly name: string; readonly writtenBytes: number }
  /** What it wrote behind a record that cannot be read; no recovery comes so far. */
  readonly unreachable: readonly string[]
  /** Why, a sentence. */
  readonly problem?: string
}

/**
 * Reads the WAL that a server left in its own folder behind what it finished. Files that it made ready and never wrote to, which
 * have an older content, are none of it.
 */
export const restOfWal = onThread(
  import.meta.url,
  async (sought: RestSought): Promise<RestOfWal> => {
    const wal = join(sought.data, 'pg_wal')
    const names = (await namesIn(wal)).filter((name) => /^[0-9A-F]{24}$/.test(name)).toSorted()
    const full: string[] = []
    let at = await firstOf(names, wal, sought)
    let previousTail: ReadSegment['tail']
    if (at === sought.finished && at !== undefined) {
      const known = await readPart(join(wal, at), 0, sought.segmentBytes)
      if (known) previousTail = readSegment(known, { crc: true, name: at }).tail
      at = await after(at, names, wal, sought)
    }
    while (at !== undefined) {
      const content = await readPart(join(wal, at), 0, sought.segmentBytes)
      const read = content && readSegment(content, { crc: true, name: at, previousTail })
      if (!content || !read?.facts) break
      if (!read.facts.complete) return { full, ...(await endIn(at, read, names, sought)) }
      full.push(at)
      previousTail = read.tail
      at = await after(at, names, wal, sought)
    }
    return { full, unreachable: [] }
  },
)

/** The finished one, where it is still there; else what follows it; without one the oldest that was written. */
async function firstOf(
  names: readonly string[],
  wal: string,
  sought: RestSought,
): Promise<string | undefined> {
  const { finished, segmentBytes } = sought
  if (finished !== undefined) {
    return names.includes(finished) ? finished : after(finished, names, wal, sought)
  }
  for (const name of names) if (await isWritten(join(wal, name), name, segmentBytes)) return name
  return undefined
}

/** The segment behind one: of the youngest timeline that wrote there. */
async function after(
  name: string,
  names: readonly string[],
  wal: string,
  { segmentBytes }: Pick<RestSought, 'segmentBytes'>,
): Promise<string | undefined> {
  const next = nextSegment(name, segmentBytes)
  const there = names.filter((one) => one.slice(8) === next.slice(8) && one >= next).toReversed()
  for (const one of there) if (await isWritten(join(wal, one), one, segmentBytes)) return one
  return undefined
}

async function isWritten(path: string, name: string, segmentBytes: number): Promise<boolean> {
  const content = await readPart(path, 0, segmentBytes)
  return content !== undefined && readSegment(content, { crc: false, name }).facts !== undefined
}

/** The end of the WAL in a segment that is not full, and what was written behind it all the same. */
async function endIn(
  name: string,
  { facts, problem }: ReadSegment,
  names: readonly string[],
  sought: RestSought,
): Promise<Omit<RestOfWal, 'full'>> {
  const unreachable: string[] = []
  for (let at: string | undefined = name; at !== undefined;) {
    at = await after(at, names, join(sought.data, 'pg_wal'), sought)
    if (at !== undefined) unreachable.push(at)
  }
  const why = problem === undefined || unreachable.length === 0 ? {} : { problem }
  // Without a whole record the WAL ended in the segment before.
  if (facts?.endLsn === undefined) return { unreachable, ...why }
  const writtenBytes = Number(lsnOf(facts.endLsn) - lsnOf(facts.startLsn))
  return { last: { name, writtenBytes }, unreachable, ...why }
}
