import { formatLsn } from './lsn.ts'
import { PAGE_HEADER_BYTES, readPageHeader } from './wal-page.ts'

export interface ExpectedPage {
  readonly magic: number
  readonly address: bigint
  readonly segmentBytes: number
  /** Of the page before: it only rises. */
  readonly timeline: number
  /** The one in the segment's name, when that is known. */
  readonly lastTimeline: number | undefined
}

/** Why reading stops: nothing was written from here on yet, or a sentence. */
export type Stop = 'unwritten' | { readonly problem: string }

/** Why the page at `at` cannot be the next one of its segment; undefined when it can. */
export function pageFault(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  expected: ExpectedPage,
): Stop | undefined {
  const page = readPageHeader(view, at)
  const place = formatLsn(expected.address)
  if (page.magic !== expected.magic) {
    if (isZero(bytes, at, at + PAGE_HEADER_BYTES)) return 'unwritten'
    return { problem: `the page at ${place} has no page header` }
  }
  if (page.address !== expected.address) {
    // Postgres uses the files of old segments again, and what it has not reached yet is still the old content.
    const older = expected.address - page.address
    if (older > 0n && older % BigInt(expected.segmentBytes) === 0n) return 'unwritten'
    return { problem: `the page at ${place} claims to be at ${formatLsn(page.address)}` }
  }
  if (page.long !== (at === 0) || !page.plausible)
    return { problem: `the page at ${place} has the wrong kind of header` }
  const { timeline, lastTimeline = page.timeline } = expected
  if (page.timeline < timeline || page.timeline > lastTimeline) {
    const wanted = lastTimeline === timeline ? timeline : `${timeline} to ${lastTimeline}`
    return { problem: `the page at ${place} is of timeline ${page.timeline}, not ${wanted}` }
  }
  return undefined
}

/** Whether a stretch of bytes is nothing but zeros. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes.subarray(from, to).every((byte) => byte === 0)
}
