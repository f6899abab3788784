import { AppError } from '../../errors/app-error.ts'
import { instantsOf, showTime, utcOf, type WallTime, wallTimeAt } from './local-time.ts'
import { instantOf, microsOf } from './postgres-time.ts'

/** From where a person looks: when “today” and “ago” are, and whose clocks a time without a zone is read off. */
export interface Here {
  /** An instant. */
  readonly now: string
  /** An IANA name. */
  readonly zone: string
}

const DAY = String.raw`(?:(\d{4})-(\d\d)-(\d\d)[T ]|(today|yesterday) )?`
const CLOCK = String.raw`(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?`
const ZONE = String.raw`(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)| ([a-z]+\/[\w+\-/]+))?`
const WALL_TIME = new RegExp(`^${DAY}${CLOCK}${ZONE}$`, 'i')
const SPAN = String.raw`(\d+(?:\.\d+)?) ?(s|m|h|d|w|sec|min|(?:second|minute|hour|day|week)s?)(?![a-z]) ?`
const AGO = new RegExp(`^(?:${SPAN})+ago$`, 'i')

/**
 * Reads a moment: `2026-11-20 15:04:05.123456+01:00` and shorter forms of it, `15:04` (today), `yesterday 15:00`, `10 minutes ago`.
 * Gives the instant with microseconds; undefined for other text. Throws USAGE for a time that the zone's clocks skip, or show
 * twice.
 */
export function parseTime(text: string, here: Here): string | undefined {
  return AGO.test(text) ? parseAgo(text, here.now) : parseWallTime(text, here)
}

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 24 * 3600,
  w: 7 * 24 * 3600,
}

function parseAgo(text: string, now: string): string {
  const spans = [...text.matchAll(new RegExp(SPAN, 'gi'))]
  const seconds = spans.map(
    ([, count, unit = '']) => Number(count) * (unitSeconds[unit.charAt(0).toLowerCase()] ?? 0),
  )
  const total = seconds.reduce((sum, one) => sum + one, 0)
  return instantOf(microsOf(now) - Math.round(total * 1e6))
}

function parseWallTime(text: string, here: Here): string | undefined {
  const [match, year, month, day, word, hour, minute, second = '0', fraction = '', offset, named] =
    WALL_TIME.exec(text) ?? []
  if (match === undefined) return undefined
  const zone = named ?? (offset === undefined ? here.zone : 'UTC')
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) }
  const date = year
    ? { year: Number(year), month: Number(month), day: Number(day) }
    : dayBefore(wallTimeAt(here.now, zone), word?.toLowerCase() === 'yesterday' ? 1 : 0)
  const wall: WallTime = { ...date, ...clock }
  if (!exists(wall)) return undefined
  const ms = offset === undefined ? onlyInstant(wall, zone, text) : utcOf(wall) - offsetMs(offset)
  return instantOf(ms * 1000 + Number(fraction.padEnd(6, '0')))
}

/** The one instant at which a zone's clocks show this. */
function onlyInstant(wall: WallTime, zone: string, text: string): number {
  const [first, second] = instantsOf(wall, zone)
  if (first === undefined) {
    const message = `“${text}” never was in ${zone}: its clocks skipped that hour`
    throw new AppError('USAGE', message, { hint: 'Say a time before or after it, or in UTC.' })
  }
  if (second === undefined) return first
  const readings = [first, second].map((ms) => showTime(instantOf(ms * 1000), zone))
  throw new AppError('USAGE', `“${text}” came twice in ${zone}: ${readings.join(' and ')}`, {
    details: { readings },
    hint: 'Say which one, with its offset from UTC as shown.',
  })
}

/** `Z`, `+01`, `-0330`, `+05:45`. */
function offsetMs(offset: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -size : size
}

function dayBefore(wall: WallTime, days: number): Pick<WallTime, 'year' | 'month' | 'day'> {
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day - days))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** Whether a calendar and a clock have it; February the 30th would silently become March. */
function exists(wall: WallTime): boolean {
  const { year, month, day, hour, minute, second } = wall
  if (hour > 23 || minute > 59 || second > 59) return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day
}
