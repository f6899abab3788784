import type { RepositoryAccess } from '../../core/config/pgbackrest.ts'
import {
  faultOf,
  isLocked,
  isUnknownVersion,
  withoutSecrets,
  wordsOf,
} from '../../core/pgbackrest/failure.ts'
import { AppError } from '../../errors/app-error.ts'
import { freeBytes } from '../../system/disk.ts'
import type { Finished } from '../../system/run.ts'

export interface FailedCall {
  readonly args: readonly string[]
  readonly repositories: readonly RepositoryAccess[]
  /** What no message may show. */
  readonly secrets: readonly string[]
}

/** Less than this free is the reason why a write to a folder failed: pgBackRest writes files of a bundle's size. */
const FULL_BYTES = 32 * 1024 * 1024

/** What a command's failure means, from its exit code alone; pgBackRest's words are for people. */
export function callFailed({ args, repositories, secrets }: FailedCall, ended: Finished): AppError {
  const shown = { ...ended, stderr: withoutSecrets(ended.stderr, secrets) }
  const words = wordsOf(shown)
  const details = { command: args[0], exitCode: ended.exitCode, stderr: head(shown.stderr) }
  const where = repositories.map((r) => `“${r.repository.name}”`).join(' or ')
  if (isUnknownVersion(ended)) {
    return new AppError('NOT_SUPPORTED', `this pgBackRest does not know the server: ${words}`, {
      details,
    })
  }
  if (isLocked(ended)) {
    return new AppError(
      'OPERATION_CONFLICT',
      `another pgBackRest works on this lineage: ${words}`,
      {
        details,
      },
    )
  }
  if (faultOf(ended)) {
    const message = `the repository ${where} cannot be reached: ${words}`
    return new AppError('REPOSITORY_UNREACHABLE', message, { details })
  }
  const full = repositories.find(({ repository: { storage } }) => {
    return storage.type === 'posix' && freeBytes(storage.path) < FULL_BYTES
  })
  if (full) {
    const { name, storage } = full.repository
    const message = `the repository “${name}” is full: ${storage.path}`
    return new AppError('DISK_FULL', message, { details: { ...details, path: storage.path } })
  }
  return new AppError('BACKUP_FAILED', `pgBackRest could not ${args[0]} in ${where}: ${words}`, {
    details,
  })
}

/** pgBackRest says the reason first, and what it asked and was answered after it. */
const head = (text: string): string => text.split('\n').slice(0, 30).join('\n')

/** The end of a command; one that did not end in its time waits for a repository that does not answer. */
export async function inTime(
  { args, repositories }: FailedCall,
  work: () => Promise<Finished>,
): Promise<Finished> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEADLINE_EXCEEDED') throw error
    const where = repositories.map((r) => `“${r.repository.name}”`).join(' or ')
    const message = `the repository ${where} did not answer: pgBackRest’s ${args[0]} was ended`
    throw new AppError('REPOSITORY_UNREACHABLE', message, {
      details: error.details ?? {},
      cause: error,
    })
  }
}
