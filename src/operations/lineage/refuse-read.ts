import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { readerOf } from './prune-decision.ts'

/**
 * OPERATION_CONFLICT while a restore or a branch reads a lineage: it would find half of what it was promised. `operation`: the one
 * that asks, if one does.
 */
export async function refuseRead(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
  operation = '',
): Promise<void> {
  const reader = await readerOf(d, lineage, operation)
  if (!reader) return
  throw new AppError('OPERATION_CONFLICT', `${reader} reads the lineage ${lineage} now`, {
    hint: 'Nothing was removed. Wait for its end (`howdah ops ls`), then try again.',
  })
}
