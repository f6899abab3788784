import type { ArchiveProblem } from '../../contract/backup.ts'
import type { Lineage } from '../../contract/lineage.ts'
import { AppError } from '../../errors/app-error.ts'

/** LINEAGE_FORKED. `segment`: archived WAL that is not the server's. */
export const forkedLineage = ({ id }: Pick<Lineage, 'id'>, segment = 'its end'): AppError =>
  new AppError(
    'LINEAGE_FORKED',
    `the lineage ${id} has another history at ${segment} than its server writes, as when its data were put back to an older state`,
    { details: { lineage: id, segment } },
  )

/** LINEAGE_FORKED when an archive's problems tell that its server has left its history. */
export function expectNoFork(
  lineage: Pick<Lineage, 'id'>,
  problems: readonly ArchiveProblem[],
): void {
  const fork = problems.find(({ kind }) => kind === 'forked')
  if (fork) throw forkedLineage(lineage, fork.segment)
}
