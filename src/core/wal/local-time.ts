import { AppError } from '../../errors/app-error.ts'
import { instantOf, microsOf } from './postgres-time.ts'

/** A reading of a clock on the wall, without its zone. */
export interface WallTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * A moment with its zone, as `--to` reads it too: `2026-11-20 15:04:05+01:00`, `2026-11-20 14:04:05 UTC`. Fractions of a second
 * are shown when there are any. `zone` is an IANA name.
 */
export function showTime(instant: string, zone: string): string {
  const ms = Math.floor(microsOf(instant) / 1000)
  const offsetMs = offsetAt(ms, zone)
  const local = instantOf(microsOf(instant) + offsetMs * 1000)
  const fraction = local.slice(20, 26).replace(/0+$/, '')
  const clock = `${local.slice(0, 19).replace('T', ' ')}${fraction && `.${fraction}`}`
  return zone === 'UTC' ? `${clock} UTC` : `${clock}${showOffset(offsetMs)}`
}

/** What the clocks of a zone show at an instant. */
export function wallTimeAt(instant: string, zone: string): WallTime {
  const ms = Math.floor(microsOf(instant) / 1000)
  const local = new Date(ms + offsetAt(ms, zone))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  }
}

/**
 * The instants, as milliseconds since 1970, at which the clocks of a zone show this: usually one; none in the hour that is
 * left out in spring, two in the hour that comes twice in autumn, the earlier one first.
 */
export function instantsOf(wall: WallTime, zone: string): number[] {
  const asUtc = utcOf(wall)
  // No zone is a day away from UTC, and none changes its offset twice in two days.
  const offsets = new Set([asUtc - DAY_MS, asUtc + DAY_MS].map((ms) => offsetAt(ms, zone)))
  return [...offsets]
    .map((offsetMs) => asUtc - offsetMs)
    .filter((ms) => ms + offsetAt(ms, zone) === asUtc)
    .sort((a, b) => a - b)
}

/** The wall time as if it were UTC's, in milliseconds since 1970. */
export const utcOf = ({ year, month, day, hour, minute, second }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

/** `+01:00`, `-03:30`. */
function showOffset(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / MINUTE_MS))
  const digits = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0'))
  return `${offsetMs < 0 ? '-' : '+'}${digits.join(':')}`
}

/** How much later the clocks of a zone are than UTC's, in milliseconds. Throws USAGE for a zone that nobody knows. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(ms / 1000) * 1000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (cause) {
    throw new AppError('USAGE', `“${timeZone}” is no time zone`, { cause })
  }
}
