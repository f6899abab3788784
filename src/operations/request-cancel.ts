import type { OperationDocument } from '../contract/documents/operation.ts'
import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from './dependencies.ts'

/** Asks an operation to end at its next safe point, and gives it; one that has ended stays as it is. OPERATION_NOT_FOUND. */
export async function requestCancel(
  { store, documents: { operations } }: Pick<Dependencies, 'store' | 'documents'>,
  id: string,
): Promise<OperationDocument> {
  for (;;) {
    const found = await operations.get(id)
    if (!found) throw new AppError('OPERATION_NOT_FOUND', `there is no operation ${id}`)
    const { value, revision } = found
    if (value.finishedAt) return value
    const asked = { ...value, cancelRequested: true }
    try {
      await store.write([operations.put([id], asked, revision)])
      return asked
    } catch (error) {
      // Its worker wrote a step meanwhile.
      if (AppError.from(error).code !== 'STORE_CONFLICT') throw error
    }
  }
}
