import { copyFile, rename, rm, stat, truncate } from 'node:fs/promises'
import { errnoOf, withFileErrors } from './file-errors.ts'

const LARGEST_BYTES = 64 * 1024 * 1024
/** With the live one: 256 MiB of log for each server at most. */
const KEPT = 3

/**
 * Keeps an append-only log of a program that never reopens it small: its content moves to `<path>.1` when it has grown,
 * older ones move on, the oldest goes. Lines written during the copy may be lost, which only a log can bear.
 */
export async function rotateLog(path: string): Promise<void> {
  const size = await sizeOf(path)
  if (size === undefined || size < LARGEST_BYTES) return
  await withFileErrors(path, async () => {
    await rm(`${path}.${KEPT}`, { force: true })
    for (let n = KEPT - 1; n >= 1; n--) {
      if ((await sizeOf(`${path}.${n}`)) !== undefined)
        await rename(`${path}.${n}`, `${path}.${n + 1}`)
    }
    await copyFile(path, `${path}.1`)
    await truncate(path)
  })
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
