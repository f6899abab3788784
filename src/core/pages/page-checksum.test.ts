import { expect, test } from 'vitest'
import { checkPages, PAGE_BYTES, pageChecksum } from './page-checksum.ts'

const rising = Uint8Array.from({ length: PAGE_BYTES }, (_, at) => (at * 7) % 251)
const falling = Uint8Array.from({ length: PAGE_BYTES }, (_, at) => 255 - (at % 256))

test.each([
  // As pageinspect's page_checksum(page, block) of Postgres 15 gives them, from 0 to 65535.
  [rising, 0, 44_737],
  [rising, 1, 44_738],
  [rising, 131_071, 53_457],
  [rising, 2_147_483_647, 53_567],
  [falling, 0, 17_332],
  [falling, 131_072, 17_330],
])('a page has the checksum that Postgres gives it (%#)', (page, block, checksum) => {
  expect(pageChecksum(new Int32Array(page.buffer), 0, block)).toBe(checksum)
})

/** Pages that know their checksum, as blocks from `first` on. */
function relation(first: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * PAGE_BYTES)
  for (let n = 0; n < count; n++) {
    const page = bytes.subarray(n * PAGE_BYTES, (n + 1) * PAGE_BYTES)
    page.set(n % 2 === 0 ? rising : falling)
    const words = new Int32Array(bytes.buffer, n * PAGE_BYTES, PAGE_BYTES / 4)
    new DataView(page.buffer, page.byteOffset).setUint16(8, pageChecksum(words, 0, first + n), true)
  }
  return bytes
}

test('pages that are as they were written are fine, at their own place only', () => {
  expect(checkPages(relation(131_072, 4), 131_072)).toEqual([])
  expect(checkPages(relation(131_072, 4), 131_073).map(({ block }) => block)).toEqual([
    131_073, 131_074, 131_075, 131_076,
  ])
})

test('bytes that lie askew in their buffer are read the same', () => {
  const askew = new Uint8Array(2 * PAGE_BYTES + 3)
  askew.set(relation(0, 2), 3)
  expect(checkPages(askew.subarray(3), 0)).toEqual([])
})

test('one bit that is wrong anywhere is found, with the block and its LSN', () => {
  const sound = relation(7, 2)
  for (let at = PAGE_BYTES; at < 2 * PAGE_BYTES; at += 61) {
    const bytes = sound.slice()
    bytes[at]! ^= 1 << (at % 8)
    expect(checkPages(bytes, 7), `byte ${at}`).toHaveLength(1)
  }
  const bytes = sound.slice()
  bytes[8000]! ^= 1
  const [bad] = checkPages(bytes, 7)
  // Its first eight bytes, two numbers of four, are where it was last changed.
  expect(bad).toMatchObject({ block: 7, lsn: '150E0700/312A231C' })
  expect(bad?.stored).not.toBe(bad?.computed)
})

test('a page of zeros was added and not written yet; one that is only nearly so is damaged', () => {
  const bytes = new Uint8Array(3 * PAGE_BYTES)
  expect(checkPages(bytes, 0)).toEqual([])
  bytes[PAGE_BYTES + 5000] = 1
  expect(checkPages(bytes, 0)).toMatchObject([{ block: 1, lsn: '0/0', stored: 0 }])
})

test('what follows the last whole page is not looked at', () => {
  const bytes = new Uint8Array(PAGE_BYTES + 100)
  bytes.set(relation(0, 1))
  bytes.fill(9, PAGE_BYTES)
  expect(checkPages(bytes, 0)).toEqual([])
  expect(checkPages(bytes.subarray(0, 50), 0)).toEqual([])
})
