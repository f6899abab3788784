import { join } from 'node:path'
import { checkPages, PAGE_BYTES } from '../../core/pages/page-checksum.ts'
import { firstBlockOf } from '../../core/pages/page-file.ts'
import { AppError } from '../../errors/app-error.ts'
import { readText } from '../../system/files.ts'
import { readInChunks } from '../../system/regular-files.ts'
import { sumFile } from '../../system/sum-file.ts'
import { onThread, type ThreadTools } from '../../system/thread.ts'
import type { Damage } from '../backup-engine.ts'
import { baseFolder, type LineageFolder } from './lineage-folder.ts'
import { baseFiles } from './make-manifest.ts'
import { type Manifest, readManifest } from './manifest.ts'

export interface CompareBase {
  readonly folder: LineageFolder
  readonly id: string
}

/** One is slower than the copying beside it; more gain nothing beside that. */
const THREADS = 2

/** The same on threads; `onNote` gets the bytes that were read since the last. */
export async function compareBase(
  base: CompareBase,
  { signal, onNote }: { signal: AbortSignal; onNote: (bytes: number) => void },
): Promise<Damage[]> {
  const failed = new AbortController()
  const taken = new Int32Array(new SharedArrayBuffer(4))
  const options = { signal: AbortSignal.any([signal, failed.signal]), onNote }
  const parts = Array.from({ length: THREADS }, async () => {
    try {
      return await comparePart({ base, taken }, options)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  // All of them end before this does.
  const found = await Promise.allSettled(parts)
  options.signal.throwIfAborted()
  const damages = found.flatMap((part) => (part.status === 'fulfilled' ? part.value : []))
  // Each thread says it of the manifest itself.
  const isNew = ({ where }: Damage, at: number): boolean =>
    damages.findIndex((other) => other.where === where) === at
  return damages.filter(isNew)
}

const comparePart = onThread(
  import.meta.url,
  (
    { base, taken }: { base: CompareBase; taken: Int32Array<SharedArrayBuffer> },
    tools: ThreadTools<number>,
  ) => compareFiles(base, tools, taken),
)

/**
 * Reads all of a base's own files; gives those that are not as they were copied. Several that share `taken`, the number of files that one of
 * them has begun with, each read a part.
 */
export async function compareFiles(
  { folder, id }: CompareBase,
  tools: ThreadTools<number>,
  taken: Int32Array = new Int32Array(1),
): Promise<Damage[]> {
  const base = baseFolder(folder, id)
  const manifest = await manifestOf(base.manifest)
  if ('sentence' in manifest) return [manifest]
  const damages: Damage[] = []
  // The largest first, so that no thread is left with one of them at the end.
  const files = manifest.files.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  for (;;) {
    const index = Atomics.add(taken, 0, 1)
    const file = files[index]
    // Whoever comes first to the end.
    if (index === files.length) damages.push(...(await addedFiles(base.data, manifest)))
    if (!file) return damages
    const read = await sumFile(join(base.data, file.path), tools.note, tools.signal)
    const { path: where, sizeBytes, sha256 } = file
    if (!read) damages.push(missing(where))
    else if (read.sizeBytes !== sizeBytes) {
      const sentence = `${where} has ${read.sizeBytes} bytes and had ${sizeBytes}`
      damages.push({ where, kind: 'changed', sentence })
    } else if (read.sha256 !== sha256) {
      const block = await firstBadBlock(base.data, where, tools.signal)
      const place = block === undefined ? where : `block ${block} of ${where}`
      damages.push({ where, kind: 'changed', sentence: `${place} is not as it was copied` })
    }
  }
}

/** What stands in a base and is no part of it. */
async function addedFiles(data: string, manifest: Manifest): Promise<Damage[]> {
  const listed = new Set(manifest.files.map(({ path }) => path))
  const added = (await baseFiles(data)).filter((path) => !listed.has(path))
  return added.map((where) => ({
    where,
    kind: 'changed',
    sentence: `${where} is no part of the backup and stands in it`,
  }))
}

/** In a file that changed: the first page that does not fit its checksum; undefined for a file without pages. */
async function firstBadBlock(
  data: string,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const firstBlock = firstBlockOf(path)
  if (firstBlock === undefined) return undefined
  let found: number | undefined
  const look = (chunk: Buffer, offset: number): void => {
    found ??= checkPages(chunk, firstBlock + offset / PAGE_BYTES)[0]?.block
  }
  await readInChunks(join(data, path), look, signal)
  return found
}

async function manifestOf(path: string): Promise<Manifest | Damage> {
  const where = 'backup_manifest'
  const text = await readText(path)
  if (text === undefined) return missing(where)
  try {
    return readManifest(text)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'BACKUP_DAMAGED') throw error
    return { where, kind: 'changed', sentence: error.message }
  }
}

export const missing = (where: string): Damage => ({
  where,
  kind: 'missing',
  sentence: `${where} is not there`,
})
