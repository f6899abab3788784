import { join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import { exists } from '../../system/files.ts'
import { readControlData } from '../../system/tools/control-data.ts'

/** Whether the server that was last on a member's data shut down in order; true of a member without data. */
export async function endedInOrder({ directory }: MemberDocument): Promise<boolean> {
  const data = join(directory, 'data')
  if (!(await exists(data))) return true
  try {
    return (await readControlData(data)).shutDown
  } catch (error) {
    if (AppError.from(error).code === 'DATA_DIRECTORY_FOREIGN') return false
    throw error
  }
}
