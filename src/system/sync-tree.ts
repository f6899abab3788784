import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { forEachLimited } from './concurrency.ts'
import { run } from './run.ts'

const filesAtOnce = 8

/**
 * Puts all of a tree on the disk. On Linux by one syncfs(2) of its file system: a data directory has a thousand files, and to
 * wait for the disk once is several times faster than for each. Elsewhere, and where no `sync -f` is, file by file.
 */
export async function syncTree(root: string, signal: AbortSignal | undefined): Promise<void> {
  if (process.platform === 'linux' && (await syncFileSystem(root, signal))) return
  await syncEach(root, signal)
}

/** False when there is no program for it; busybox may be built without. */
async function syncFileSystem(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await run('sync', ['-f', path], { signal })).exitCode === 0
  } catch {
    signal?.throwIfAborted()
    return false // the other way syncs the same, and throws if it is the disk that fails
  }
}

async function syncEach(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.filter((e) => e.isDirectory())) {
    await syncEach(join(folder, entry.name), signal)
  }
  const files = entries.filter((e) => e.isFile()).map((e) => join(folder, e.name))
  await forEachLimited([...files, folder], filesAtOnce, async (path) => {
    signal?.throwIfAborted()
    await using handle = await open(path, 'r')
    await handle.sync()
  })
}
