import { join } from 'node:path'
import { isWalBetween, leftOutOfCopy } from '../../core/sql/backup.ts'
import { type Cloned, type CloneOptions, cloneTree } from '../../system/clone-tree.ts'
import { onThread, type ThreadTools } from '../../system/thread.ts'

/** What of a running server's data directory is copied. */
export interface LiveCopy {
  readonly data: string
  readonly target: string
  /** All but its WAL; or of the WAL these files and those between them. */
  readonly what: 'files' | { readonly first: string; readonly last: string }
}

/** A server writes there, and the disk is waited for when all of it is copied. */
export const live = { live: true, flush: false } as const

/** Copies it, without waiting for the disk. */
export function copyData(
  { data, target, what }: LiveCopy,
  options: Pick<CloneOptions, 'background' | 'crew' | 'signal' | 'onProgress'>,
): Promise<Cloned> {
  const manner = { ...options, live: live.live, sync: live.flush }
  if (what === 'files') return cloneTree(data, target, { ...manner, exclude: leftOutOfCopy })
  const { first, last } = what
  const isFolder = (path: string): boolean => path === 'archive_status' || path === 'summaries'
  return cloneTree(join(data, 'pg_wal'), join(target, 'pg_wal'), {
    ...manner,
    exclude: (path) => !isFolder(path) && !isWalBetween(path, first, last),
  })
}

/** Progress is told so often. */
const noteEveryMs = 500

/** The same on a thread, or in the background; its notes are the bytes that were copied so far. */
export const copyDataApart = onThread(
  import.meta.url,
  (copy: LiveCopy, { signal, note }: ThreadTools<number>) => {
    let notedMs = performance.now()
    const onProgress = ({ bytesDone }: { bytesDone: number }): void => {
      const nowMs = performance.now()
      if (nowMs - notedMs < noteEveryMs) return
      notedMs = nowMs
      note(bytesDone)
    }
    return copyData(copy, { background: true, signal, onProgress })
  },
)
