import { join } from 'node:path'
import { isWalBetween, leftOutOfCopy } from '../../core/sql/backup.ts'
import { type Cloned, type CloneOptions, cloneTree } from '../../system/clone-tree.ts'
import { sizeOfTree } from '../../system/files.ts'
import { createPace, type Pace, WRITING } from '../../system/pace.ts'
import { onThread, type ThreadTools } from '../../system/thread.ts'
import { type KeptWal, keptWalShare } from './kept-wal.ts'

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
  options: Pick<CloneOptions, 'background' | 'pace' | 'crew' | 'signal' | 'onProgress'>,
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

/** What a copy of a running server in the background is given besides. */
export interface CopyApart extends LiveCopy {
  readonly kept: KeptWal
}

/** Progress is told so often. */
const noteEveryMs = 500

/** The same on a thread, or in the background; its notes are the bytes that were copied so far. */
export const copyDataApart = onThread(
  import.meta.url,
  async (copy: CopyApart, { signal, note }: ThreadTools<number>) => {
    // The first at once: it shows that the copying has begun.
    let notedMs = -Infinity
    const onProgress = ({ bytesDone }: { bytesDone: number }): void => {
      const nowMs = performance.now()
      if (nowMs - notedMs < noteEveryMs) return
      notedMs = nowMs
      note(bytesDone)
    }
    const pace = await paceOf(copy, signal)
    return copyData(copy, { background: true, pace, signal, onProgress })
  },
)

/** It is to be whole before the server removes WAL that it needs. */
async function paceOf({ data, kept }: CopyApart, signal: AbortSignal): Promise<Pace> {
  const totalBytes = (await sizeOfTree(data)) - (await sizeOfTree(join(data, 'pg_wal')))
  return createPace({ totalBytes, rates: WRITING, spent: () => keptWalShare(data, kept), signal })
}
