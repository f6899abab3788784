import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type CloneOptions, cloneTree } from './clone-tree.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { removeTree, renameDurably, syncDirectory } from './files.ts'

export interface MoveOptions extends Pick<CloneOptions, 'onProgress' | 'signal'> {
  /** Beside the target: where a copy is made when the two are on different file systems. What is there goes first. */
  readonly partial: string
}

/**
 * Moves the folder at `from` to `to`, which must not exist, durably: it is whole at one of them at any moment. Between file
 * systems it is copied first, and one that dies right after that leaves the original too. Errors as {@link cloneTree}'s.
 */
export async function moveTree(from: string, to: string, options: MoveOptions): Promise<void> {
  if (await renamed(from, to)) {
    await syncDirectory(dirname(to))
    await syncDirectory(dirname(from))
    return
  }
  await removeTree(options.partial)
  await cloneTree(from, options.partial, options)
  await renameDurably(options.partial, to)
  await removeTree(from)
}

/** False when the two are on different file systems. */
function renamed(from: string, to: string): Promise<boolean> {
  return withFileErrors(to, async () => {
    try {
      await rename(from, to)
      return true
    } catch (error) {
      if (errnoOf(error) === 'EXDEV') return false
      throw error
    }
  })
}
