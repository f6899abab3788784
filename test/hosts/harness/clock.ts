const NS_PER_MS = 1_000_000n
const US_PER_MS = 1000

/** Milliseconds of this machine's monotonic clock: the same in every process and lab host, moved by nobody, with three decimals. */
export function nowMs(): number {
  const ns = process.hrtime.bigint()
  return Number((ns * BigInt(US_PER_MS)) / NS_PER_MS) / US_PER_MS
}
