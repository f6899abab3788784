import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type BadPage, checkPages, PAGE_BYTES } from '../../core/pages/page-checksum.ts'
import { firstBlockOf } from '../../core/pages/page-file.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { readPart } from '../../system/regular-files.ts'
import type { DamagedPage } from './bases.ts'

/** Between which places of the WAL the copy was made; replaying them mends each page that was written meanwhile. */
export interface CopiedBetween {
  readonly startLsn: string
  readonly stopLsn: string
  /** The data directory that was copied, when its server ran on. */
  readonly live: string | undefined
}

/** A file of pages while it is read; undefined for a file without checksums that count. */
export function pageChecker(
  path: string,
  unlogged: ReadonlySet<string>,
): ((chunk: Uint8Array, offset: number) => BadPage[]) | undefined {
  const firstBlock = firstBlockOf(path)
  const isUnlogged = !path.endsWith('_init') && unlogged.has(relationOf(path))
  if (firstBlock === undefined || isUnlogged) return undefined
  return (chunk, offset) => checkPages(chunk, firstBlock + offset / PAGE_BYTES)
}

/**
 * The relations whose content a recovery throws away (UNLOGGED): those that have an `_init` fork, of which alone something is left. No WAL
 * mends their pages, and none needs to.
 */
export function unloggedRelations(paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths.filter((path) => path.endsWith('_init')).map(relationOf))
}

/** `base/5/16384` of `base/5/16384_fsm.1`; an `_init` fork is only itself. */
const relationOf = (path: string): string =>
  path.endsWith('_init')
    ? path.slice(0, -'_init'.length)
    : path.replace(/(?:_(?:fsm|vm))?(?:\.\d+)?$/, '')

/** How often a page that may just be being written is read again, which takes the server microseconds. */
const attempts = 5
const pauseMs = 10

/** Which of the bad pages of a copied file are damage: those that the WAL between start and stop does not write anew. */
export async function damagedPages(
  path: string,
  bad: readonly BadPage[],
  between: CopiedBetween,
): Promise<DamagedPage[]> {
  const damaged: DamagedPage[] = []
  for (const page of bad) {
    if (isMended(page, between)) continue
    if (!(await wasTorn(path, page, between))) damaged.push({ path, block: page.block })
  }
  return damaged
}

/** A change after the start comes with the whole page in the WAL (full_page_writes is on while a copy is made). */
function isMended({ lsn }: BadPage, { startLsn, stopLsn }: CopiedBetween): boolean {
  return lsnOf(lsn) >= lsnOf(startLsn) && lsnOf(lsn) <= lsnOf(stopLsn)
}

/** Half of the page was written when it was read: then the server has changed it, or has taken it away, since the copy began. */
async function wasTorn(path: string, page: BadPage, between: CopiedBetween): Promise<boolean> {
  const { live, startLsn } = between
  const firstBlock = firstBlockOf(path)
  if (live === undefined || firstBlock === undefined) return false
  const offset = (page.block - firstBlock) * PAGE_BYTES
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const now = await readPart(join(live, path), offset, PAGE_BYTES)
    if (!now || now.length < PAGE_BYTES) return true
    if (checkPages(now, page.block).length === 0) return pageLsn(now) >= lsnOf(startLsn)
    await pause(pauseMs)
  }
  return false
}

/** The first eight bytes of a page: the upper half of the LSN, then the lower (PageXLogRecPtr). */
const pageLsn = (page: Buffer): bigint =>
  (BigInt(page.readUInt32LE(0)) << 32n) | BigInt(page.readUInt32LE(4))
