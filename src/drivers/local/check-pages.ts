import { join } from 'node:path'
import { describeBytes } from '../../core/describe-bytes.ts'
import { checkPages as checkChunk, PAGE_BYTES } from '../../core/pages/page-checksum.ts'
import { firstBlockOf } from '../../core/pages/page-file.ts'
import { AppError } from '../../errors/app-error.ts'
import { readInChunks, regularFiles } from '../../system/regular-files.ts'
import { onThread, type ThreadTools } from '../../system/thread.ts'
import { readControlData } from '../../system/tools/control-data.ts'
import type { DamagedPage, PagesRead, Watch } from '../driver.ts'

/** How often people are told; a read takes longer than that on no disk. */
const NOTE_EVERY_BYTES = 64 * 1024 * 1024

/**
 * Reads all pages below a data directory at rest and compares each with its checksum, on a thread of its own that gets what others
 * leave of the processor. DATA_DIRECTORY_FOREIGN when a server left it without shutting down, or its pages have no checksums.
 */
export async function checkPages(data: string, { signal, report }: Watch): Promise<PagesRead> {
  const control = await readControlData(data)
  if (!control.shutDown || !control.checksums || control.blockBytes !== PAGE_BYTES) {
    const why = control.shutDown ? 'its pages have no checksums' : 'its server did not shut down'
    throw new AppError('DATA_DIRECTORY_FOREIGN', `the pages of ${data} cannot be checked: ${why}`)
  }
  const onNote = (bytes: number): void => report(`${describeBytes(bytes)} read`)
  return readPages(data, { signal, onNote, background: true })
}

const readPages = onThread(import.meta.url, async (data: string, tools: ThreadTools<number>) => {
  const damaged: DamagedPage[] = []
  let files = 0
  let bytes = 0
  let toldBytes = 0
  for (const path of await regularFiles(data)) {
    const firstBlock = firstBlockOf(path)
    if (firstBlock === undefined) continue
    const take = (chunk: Buffer, offset: number): void => {
      bytes += chunk.length
      const bad = checkChunk(chunk, firstBlock + offset / PAGE_BYTES)
      damaged.push(...bad.map(({ block }) => ({ file: path, block })))
      if (bytes - toldBytes < NOTE_EVERY_BYTES) return
      toldBytes = bytes
      tools.note(bytes)
    }
    const read = await readInChunks(join(data, path), take, tools.signal)
    files++
    // Postgres writes whole pages: a rest is a file that was cut off.
    const rest = (read?.sizeBytes ?? 0) % PAGE_BYTES
    const block = firstBlock + Math.floor((read?.sizeBytes ?? 0) / PAGE_BYTES)
    if (rest > 0) damaged.push({ file: path, block })
  }
  const result: PagesRead = { files, pages: Math.floor(bytes / PAGE_BYTES), bytes, damaged }
  return result
})
