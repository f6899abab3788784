import { watch } from 'node:fs'

/**
 * Calls `onChange` when names in a folder come or go, until it is disposed of. A hint and no more: where the kernel has no
 * watches left, or the folder is not there or goes, it stays silent and `works` is false.
 */
export function watchFolder(path: string, onChange: () => void) {
  let watcher: ReturnType<typeof watch> | undefined
  const end = (): void => {
    watcher?.close()
    watcher = undefined
  }
  try {
    watcher = watch(path, { persistent: false }, (kind) => {
      if (kind === 'rename') onChange()
    })
    watcher.on('error', end)
  } catch {
    watcher = undefined // ENOENT, ENOSPC, EMFILE: without hints one looks more often
  }
  return {
    get works(): boolean {
      return watcher !== undefined
    },
    [Symbol.dispose]: end,
  }
}
