import type { ArchiveProblem } from '../../contract/backup.ts'
import type { Hole } from '../../core/wal/ranges.ts'
import type { WaitingFile } from '../../system/tools/archive-status.ts'
import type { Aside } from './asides.ts'

/** What is seen of an archive that should be otherwise. */
export interface Seen {
  readonly now: Date
  /** What is missing in the middle. */
  readonly holes: readonly Hole[]
  /** What is missing though it was there, or though the server says that it was archived. */
  readonly missing: readonly {
    readonly segment: string
    readonly since: Date
    readonly was: 'there' | 'archived'
  }[]
  /** What the server has finished and the archive does not have. */
  readonly waiting: readonly WaitingFile[]
  /** What arrived and could not be taken in. */
  readonly stuck: readonly WaitingFile[]
  readonly different: readonly Pick<Aside, 'name' | 'since'>[]
  /** Where the server itself left the archive's history, and what it wrote since. */
  readonly forked?: readonly Pick<Aside, 'name' | 'since'>[]
  readonly damaged: readonly Pick<Aside, 'name' | 'since'>[]
  /** In the archive, and not as it was written. */
  readonly unreadable: readonly {
    readonly segment: string
    readonly sentence: string
    readonly since: Date
  }[]
  /** When the archive got the segment after a hole. */
  readonly archivedAfter: (hole: Hole) => Date
  readonly has: (segment: string) => boolean
}

/** An archiver that works is seconds behind. */
const LATE_MS = 2 * 60 * 1000

/** What a person has to know of, the worst first. */
export function archiveProblems(seen: Seen): ArchiveProblem[] {
  const inHole = ({ segment }: { segment: string }): boolean =>
    seen.holes.some(({ first, last }) => segment >= first && segment <= last)
  return [
    ...forked(seen.forked ?? []),
    ...seen.holes.filter((hole) => !isOnItsWay(hole, seen)).map((hole) => lostHole(hole, seen)),
    ...seen.missing
      .filter((one) => !inHole(one))
      .map(({ segment, since, was }) =>
        problem('lost', since, `${segment} was ${was} and is not in the archive`, segment),
      ),
    ...seen.unreadable.map(({ segment, sentence, since }) =>
      problem('damaged', since, sentence, segment),
    ),
    // A good one that came later has taken its place.
    ...seen.damaged
      .filter(({ name }) => !seen.has(name))
      .map(({ name, since }) =>
        problem('damaged', since, `${name} did not arrive whole; it was put aside`, name),
      ),
    ...seen.different.map(({ name, since }) =>
      problem('different', since, `${name} arrived with another content; it was put aside`, name),
    ),
    ...late(seen.waiting, seen.now, (n) => `${n} to be archived`),
    ...late(seen.stuck, seen.now, (n) => `${n} to be taken into the archive`),
  ]
}

/** What the server still has to archive, or we to take in, is late and not lost. */
const isOnItsWay = ({ first, last }: Hole, { waiting, stuck }: Seen): boolean =>
  [...waiting, ...stuck].some(({ name }) => name >= first && name <= last)

function lostHole(hole: Hole, seen: Seen): ArchiveProblem {
  const { first, last, segments } = hole
  const sentence =
    segments === 1
      ? `${first} is missing in the middle of the archive`
      : `${first} to ${last} (${segments} files) are missing in the middle of the archive`
  return problem('lost', seen.archivedAfter(hole), sentence, first)
}

/** One trouble, however much comes after the first. */
function forked(files: readonly Pick<Aside, 'name' | 'since'>[]): ArchiveProblem[] {
  const [first] = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (!first) return []
  const sentence =
    `from ${first.name} on the server writes another history than the archive has, as when its data are put back to an older state by hand: ` +
    'that is kept beside, and the server gets a new lineage'
  return [problem('forked', first.since, sentence, first.name)]
}

function late(
  files: readonly WaitingFile[],
  now: Date,
  what: (files: string) => string,
): ArchiveProblem[] {
  const overdue = files.filter(({ since }) => now.getTime() - since.getTime() > LATE_MS)
  const [oldest] = overdue.toSorted((a, b) => a.since.getTime() - b.since.getTime())
  if (!oldest) return []
  const n = files.length === 1 ? '1 WAL file waits' : `${files.length} WAL files wait`
  return [problem('late', oldest.since, what(n), oldest.name)]
}

const problem = (
  kind: ArchiveProblem['kind'],
  since: Date,
  sentence: string,
  segment: string,
): ArchiveProblem => ({ kind, segment, sentence, since: since.toISOString() })
