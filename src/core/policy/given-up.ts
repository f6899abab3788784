import type { ArchiveProblem, Backup } from '../../contract/backup.ts'

/**
 * An archive's problems with what was given up among them. That the same files are late, or lost, is the same thing said
 * twice; a second word on one stretch takes the place of the first.
 */
export function withGivenUp(
  problems: readonly ArchiveProblem[],
  givenUp: readonly ArchiveProblem[],
): ArchiveProblem[] {
  const stretches = [...new Map(givenUp.map((g) => [g.segment, g])).values()]
  const others = problems.filter((p) => !stretches.some((g) => isWithin(p, g)))
  return [...stretches, ...others]
}

/** Those of them that matter yet: no good base backup began after them, or the archive (`problems`) still shows the hole. */
export function stillGivenUp(
  givenUp: readonly ArchiveProblem[],
  backups: readonly Pick<Backup, 'startedAt' | 'damage'>[],
  problems: readonly ArchiveProblem[],
): ArchiveProblem[] {
  return givenUp.filter((gap) => {
    const isBehind = backups.some(
      ({ startedAt, damage }) => !damage && Date.parse(startedAt) > Date.parse(gap.since),
    )
    return !isBehind || problems.some((p) => p.kind === 'lost' && isWithin(p, gap))
  })
}

function isWithin({ kind, segment }: ArchiveProblem, gap: ArchiveProblem): boolean {
  if (segment === undefined || gap.segment === undefined) return false
  if (kind === 'given-up') return segment === gap.segment
  const isMissing = kind === 'lost' || kind === 'late'
  return isMissing && segment >= gap.segment && segment <= (gap.last ?? gap.segment)
}
