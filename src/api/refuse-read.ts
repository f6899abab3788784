import { AppError } from '../errors/app-error.ts'
import { readerOf } from '../operations/lineage/prune-decision.ts'
import type { Services } from './services.ts'

/** OPERATION_CONFLICT while a restore or a branch reads a lineage: it would find half of what it was promised. */
export async function refuseRead(s: Pick<Services, 'documents'>, lineage: string): Promise<void> {
  const reader = await readerOf(s, lineage, '')
  if (!reader) return
  throw new AppError('OPERATION_CONFLICT', `${reader} reads the lineage ${lineage} now`, {
    hint: 'Nothing was removed. Wait for its end (`howdah ops ls`), then try again.',
  })
}
