import { AppError } from '../errors/app-error.ts'
import { freeBytes } from './disk.ts'

/** The errno name of a failed system call, such as `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const unusable: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'this account may not do that there',
  EROFS: 'the file system is read-only',
  ELOOP: 'a symbolic link stands in the way',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'something else is there already',
}

/**
 * What a failed file operation on `path` means: DISK_FULL (with the bytes still free), HOME_UNUSABLE (not permitted, read-only,
 * not a folder), or the error itself when its errno says neither.
 */
export function fileError(error: unknown, path: string): unknown {
  const errno = errnoOf(error)
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const free = bytesStillFree(path)
    const room = free === undefined ? '' : ` (${free} bytes are free there)`
    const what = errno === 'EDQUOT' ? 'the disk quota is used up' : 'the file system is full'
    return new AppError('DISK_FULL', `cannot write ${path}: ${what}${room}`, {
      details: { path, errno, ...(free === undefined ? {} : { freeBytes: free }) },
      cause: error,
    })
  }
  if (errno !== undefined && Object.hasOwn(unusable, errno)) {
    return new AppError('HOME_UNUSABLE', `cannot use ${path}: ${unusable[errno]}`, {
      details: { path, errno },
      cause: error,
    })
  }
  return error
}

/** Runs `work` on `path` and throws what {@link fileError} makes of its failure. */
export async function withFileErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fileError(error, path)
  }
}

function bytesStillFree(path: string): number | undefined {
  try {
    return freeBytes(path)
  } catch {
    // Only decorates a message; the write's own error is the one to report.
    return undefined
  }
}
