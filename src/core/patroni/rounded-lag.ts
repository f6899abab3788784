/** Below this, a replica is as good as its primary: WAL comes in pieces. */
const SMALLEST_BYTES = 64 * 1024

/** Up to the next power of two, so that a lag that changes all the time is not written down all the time. */
export function roundedLag(bytes: number): number {
  return bytes < SMALLEST_BYTES ? 0 : 2 ** Math.ceil(Math.log2(bytes))
}
