import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readManifest, writeManifest } from '../../../src/backups/copy/manifest.ts'

/** Takes a planted fault back. */
export type Undo = () => Promise<void>

/** Turns one bit of a file over. */
export async function flipBit(path: string, offset: number): Promise<Undo> {
  const flip = async (): Promise<void> => {
    await using file: FileHandle = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, offset)
    byte[0] = (byte[0] ?? 0) ^ 0x10
    await file.write(byte, 0, 1, offset)
  }
  await flip()
  return flip
}

/** Takes a file away, to a folder where nobody looks for it. */
export async function takeAway(path: string, aside: string): Promise<Undo> {
  const away = join(aside, basename(path))
  await rename(path, away)
  return () => rename(away, path)
}

/** Cuts the last page off. */
export async function cutOff(path: string): Promise<Undo> {
  const whole = await readFile(path)
  await truncate(path, whole.length - 8192)
  return () => writeFile(path, whole)
}

/**
 * Changes a file of a base backup, and its manifest so that it fits again: as if the file had been so from the beginning, which
 * no reading of the backup can tell.
 */
export async function forge(
  base: string,
  path: string,
  change: (content: Buffer) => void,
): Promise<Undo> {
  const file = join(base, 'data', path)
  const manifestFile = join(base, 'backup_manifest')
  const [before, text] = await Promise.all([readFile(file), readFile(manifestFile, 'utf8')])
  const content = Buffer.from(before)
  change(content)
  const manifest = readManifest(text)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const files = manifest.files.map((f) => (f.path === path ? { ...f, sha256 } : f))
  await writeFile(file, content)
  await writeFile(manifestFile, writeManifest({ ...manifest, files }))
  return async () => {
    await writeFile(file, before)
    await writeFile(manifestFile, text)
  }
}
