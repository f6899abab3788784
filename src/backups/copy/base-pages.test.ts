import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkPages, PAGE_BYTES, pageChecksum } from '../../core/pages/page-checksum.ts'
import { damagedPages, pageChecker, unloggedRelations } from './base-pages.ts'

/** A page of this block, last changed at `0/<lsn>`, with a right checksum. */
function page(lsn: number, block = 0): Buffer {
  const made = Buffer.alloc(PAGE_BYTES, 'content')
  made.writeUInt32LE(0, 0)
  made.writeUInt32LE(lsn, 4)
  made.writeUInt16LE(PAGE_BYTES - 8, 14)
  const words = new Int32Array(made.buffer, made.byteOffset, PAGE_BYTES / 4)
  made.writeUInt16LE(pageChecksum(words, 0, block), 8)
  return made
}

/** The first half of one page and the second of another. */
const torn = (first: Buffer, second: Buffer): Buffer =>
  Buffer.concat([first.subarray(0, PAGE_BYTES / 2), second.subarray(PAGE_BYTES / 2)])

const broken = (whole: Buffer): Buffer => {
  const copy = Buffer.from(whole)
  copy[5000]! ^= 1
  return copy
}

/** Which blocks of a copied file of one page count as damaged, when the live file has this content. */
async function damaged(copied: Buffer, live: Buffer | undefined | 'stopped'): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-pages-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'base/5'), { recursive: true })
  if (live instanceof Buffer) writeFileSync(join(folder, 'base/5/16384'), live)
  const between = {
    startLsn: '0/2000',
    stopLsn: '0/3000',
    live: live === 'stopped' ? undefined : folder,
  }
  const found = await damagedPages('base/5/16384', checkPages(copied, 0), between)
  return found.map(({ block }) => block)
}

const old = page(0x1000)
const changed = page(0x2800)

test('a whole page is no damage', async () => {
  expect(await damaged(old, old)).toEqual([])
})

test('a page that was broken before the copy is damage', async () => {
  expect(await damaged(broken(old), broken(old))).toEqual([0])
  expect(await damaged(broken(old), 'stopped')).toEqual([0])
})

test('a page that broke on its way is damage', async () => {
  expect(await damaged(broken(old), old)).toEqual([0])
})

test('a page that was changed after the start is written anew by the WAL', async () => {
  expect(await damaged(broken(changed), changed)).toEqual([])
  // No page can have been changed after the copy was done.
  expect(await damaged(broken(page(0x4000)), broken(page(0x4000)))).toEqual([0])
})

test('a page of which half was being written is none, whichever half came first', async () => {
  const other = page(0x2800)
  other.fill('written', 4096)
  const words = new Int32Array(other.buffer, other.byteOffset, PAGE_BYTES / 4)
  other.writeUInt16LE(pageChecksum(words, 0, 0), 8)
  expect(checkPages(torn(old, other), 0)).toHaveLength(1)
  expect(await damaged(torn(old, other), other)).toEqual([])
  expect(await damaged(torn(other, old), other)).toEqual([])
})

test('a page that the server has taken away since is none', async () => {
  expect(await damaged(broken(old), undefined)).toEqual([])
  expect(await damaged(broken(old), Buffer.alloc(0))).toEqual([])
})

test('files of pages are checked, of relations that recovery empties only the empty fork', () => {
  const unlogged = unloggedRelations(['base/5/100_init', 'base/5/200', 'base/5/100_fsm'])
  const isChecked = (path: string): boolean => pageChecker(path, unlogged) !== undefined
  expect(['base/5/200', 'base/5/200_fsm.1', 'base/5/100_init'].filter(isChecked)).toHaveLength(3)
  const others = ['base/5/100', 'base/5/100.1', 'base/5/100_fsm', 'PG_VERSION', 'base/5/PG_VERSION']
  expect(others.filter(isChecked)).toEqual([])
})
