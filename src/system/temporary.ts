import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from './files.ts'

/** Gives `work` a new, empty folder of ours, and removes it whatever happens. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-'))
  try {
    return await work(folder)
  } finally {
    await removeTree(folder)
  }
}

/** The machine's folder for temporary files. */
export const temporaryRoot = (): string => tmpdir()
