/** Microseconds from 1970 to 2000, where Postgres's timestamps begin. */
const EPOCH_MICROS = 946_684_800_000_000

/** An instant of ours (ISO 8601, any precision) as microseconds since 1970, which a number holds exactly until 2255. */
export function microsOf(instant: string): number {
  const [, fraction = ''] = /\.(\d+)/.exec(instant) ?? []
  const seconds = Math.floor(Date.parse(instant) / 1000)
  return seconds * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}

/** The instant in UTC with microseconds: `2026-11-20T14:04:05.123456Z`. */
export function instantOf(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = String(micros - seconds * 1_000_000).padStart(6, '0')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}

/** A TimestampTz of the WAL as microseconds since 1970; undefined when it is outside the years that ISO 8601 writes plainly. */
export function microsOfTimestamp(timestamp: bigint): number | undefined {
  const micros = Number(timestamp) + EPOCH_MICROS
  return micros >= 0 && micros < 253_402_300_800_000_000 ? micros : undefined
}

/** The later of two instants, of which each may be unknown. */
export function laterOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return microsOf(one) < microsOf(other) ? other : one
}
