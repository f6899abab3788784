import { join } from 'node:path'
import { readSegment } from '../../core/wal/read-segment.ts'
import { nextSegment, segmentName, segmentPlace } from '../../core/wal/segment-name.ts'
import { readPart } from '../../system/regular-files.ts'
import { Unfit } from './segment-reader.ts'

/** What is known of an archive and its server when WAL arrives. */
export interface KnownWal {
  readonly segmentBytes: number
  readonly systemIdentifier: string | undefined
  /** The server's own `pg_wal`; unset: nobody can look there. */
  readonly own?: string | undefined
  /** The oldest archived segment of each timeline. */
  readonly oldest?: readonly string[]
  /** Where the last record of a segment begins that is archived, by its name. */
  readonly lastRecords?: Readonly<Record<string, string>>
}

/** The largest segment that initdb makes. */
const LARGEST = 2 ** 30

/**
 * Whether a WAL file is of a fork or comes after it: of the same place and later ones, and all of later timelines. `forks`: names of
 * segments or histories.
 */
export const isInFork = (name: string, forks: readonly string[]): boolean =>
  forks.some((fork) => name.slice(0, 24) >= fork.slice(0, 24))

/**
 * Tells WAL of another history, which a server writes whose data were put back to an older state, from WAL that an archive has or goes on
 * with. Only what the server itself has counts as its history: a copy of it that is started elsewhere archives to the same place.
 */
export function createForkJudge(known: KnownWal, found: readonly string[]) {
  const { segmentBytes, systemIdentifier, own, oldest = [] } = known
  const forks = [...found]
  const lastRecords = new Map(Object.entries(known.lastRecords ?? {}))

  const isWhole = (name: string, content: Buffer): boolean => {
    const options = { crc: true, name, ...(systemIdentifier ? { systemIdentifier } : {}) }
    const { facts, problem } = readSegment(content, options)
    return facts?.complete === true && problem === undefined
  }

  /** `unknown`: the server has removed its file, as it does after a while. */
  const whose = async (name: string, content: Buffer): Promise<'server' | 'other' | 'unknown'> => {
    const kept = own === undefined ? undefined : await readPart(join(own, name), 0, LARGEST)
    if (!kept) return 'unknown'
    return kept.equals(content) ? 'server' : 'other'
  }

  return {
    /** From here on nothing of this server is taken in. */
    begin: (name: string): void => void forks.push(name),

    /** What a segment or a history is that the archive has with another content. */
    async collision(name: string, content: Buffer): Promise<Unfit> {
      const sentence = `${name} arrived again with another content`
      if (isInFork(name, forks)) return new Unfit('forked', sentence)
      const isWal = name.endsWith('.history') || isWhole(name, content)
      const isOurs = isWal && (await whose(name, content)) !== 'other'
      return new Unfit(isOurs ? 'forked' : 'different', sentence)
    },

    /** Throws Unfit for what the archive does not have and that cannot be of its history. */
    async expectPlace(name: string, content: Buffer): Promise<void> {
      if (isInFork(name, forks)) {
        throw new Unfit('forked', `${name} goes on with other WAL than the archive has`)
      }
      if (!/^[0-9A-F]{24}$/.test(name)) return
      const first = oldest.find((one) => one.slice(0, 8) === name.slice(0, 8))
      // An archiver begins with the oldest, so nothing comes long after what follows it.
      if (first === undefined || nextSegment(name, segmentBytes) >= first) return
      if (!isWhole(name, content)) return
      const where = (await whose(name, content)) === 'other' ? 'different' : 'forked'
      throw new Unfit(where, `${name} arrived, and the archive begins with ${first}`)
    },

    /** Throws Unfit for a whole segment whose first record follows another one than the segment before ends with. */
    async expectGoesOn(name: string, content: Buffer, followsLsn: string | undefined) {
      const { timeline, startLsn } = segmentPlace(name, segmentBytes)
      if (startLsn === 0n) return
      const before = segmentName(timeline, startLsn - 1n, segmentBytes)
      const lastLsn = lastRecords.get(before)
      if (lastLsn === undefined || followsLsn === undefined || lastLsn === followsLsn) return
      const where = (await whose(name, content)) === 'server' ? 'forked' : 'different'
      throw new Unfit(where, `${name} does not go on where ${before} ends`)
    },

    /** What it means that a segment cannot be read together with the one before. */
    async unreadable(name: string, content: Buffer, error: Unfit): Promise<Unfit> {
      const isForked = isWhole(name, content) && (await whose(name, content)) === 'server'
      return isForked ? new Unfit('forked', error.message) : error
    },

    kept(name: string, lastRecordLsn: string | undefined): void {
      if (lastRecordLsn !== undefined) lastRecords.set(name, lastRecordLsn)
    },
  }
}

export type ForkJudge = ReturnType<typeof createForkJudge>
