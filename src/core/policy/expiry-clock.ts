const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A time server sets a clock by less than this; what is more needs a reason. */
export const JUMP_MS = 10 * MINUTE_MS
/** For so long a daemon runs beside a jump before it is believed: a day in which somebody, or a time server, sees a wrong clock. */
export const GRACE_MS = 24 * HOUR_MS

/** One look at a machine's clocks. */
export interface ClockReading {
  /** The wall clock, in ms since 1970. */
  readonly wallMs: number
  /** Since the machine started, asleep or not: nobody sets it. */
  readonly uptimeMs: number
  /** For how long the daemon was awake since its last reading; 0 for its first. */
  readonly ranMs: number
}

/** The wall clock went ahead by more than the machine ran: it was off, or a clock was set. */
export interface ClockJump {
  readonly byMs: number
  /** The daemon has still to run so long before it counts. */
  readonly leftMs: number
  /** The wall clock after it. */
  readonly atMs: number
}

/** What is remembered of the clocks from one reading to the next, also over restarts of daemon and machine. */
export interface ClockMemory {
  readonly wallMs: number
  readonly uptimeMs: number
  /** Those that are not believed yet, oldest first. */
  readonly jumps: readonly ClockJump[]
}

/**
 * Takes a reading into what is remembered. Time that the machine's uptime bears out counts at once, a jump ahead only after the daemon has
 * run `GRACE_MS` beside it, each jump for itself: a machine that is off every night falls behind by some nights and no more, and
 * one wrong reading removes nothing. A clock that is set back takes the newest jumps back first. `newestMs`: for the first reading
 * of a home, the latest moment that anything in it tells of.
 */
export function readClock(
  memory: ClockMemory | undefined,
  { wallMs, uptimeMs, ranMs }: ClockReading,
  newestMs?: number,
): ClockMemory {
  const before = memory ?? { wallMs: newestMs ?? wallMs, uptimeMs, jumps: [] }
  // After a restart of the machine it ran for at least as long as it is up.
  const sinceMs = uptimeMs - before.uptimeMs
  const bornOutMs = sinceMs >= 0 ? sinceMs : uptimeMs
  const unexplainedMs = wallMs - before.wallMs - bornOutMs
  const waited = before.jumps
    .map((jump) => ({ ...jump, leftMs: jump.leftMs - ranMs }))
    .filter(({ leftMs }) => leftMs > 0)
  const ahead = { byMs: unexplainedMs, leftMs: GRACE_MS, atMs: wallMs }
  const jumps =
    unexplainedMs > JUMP_MS
      ? [...waited, ahead]
      : unexplainedMs < -JUMP_MS
        ? takenBack(waited, -unexplainedMs)
        : waited
  return { wallMs, uptimeMs, jumps }
}

function takenBack(jumps: readonly ClockJump[], byMs: number): readonly ClockJump[] {
  const newest = jumps.at(-1)
  if (!newest) return []
  const others = jumps.slice(0, -1)
  // What is left of it is no more than a time server sets.
  if (Math.abs(newest.byMs - byMs) <= JUMP_MS) return others
  return newest.byMs > byMs
    ? [...others, { ...newest, byMs: newest.byMs - byMs }]
    : takenBack(others, byMs - newest.byMs)
}

/** The time by which things expire: the wall clock without the jumps that are not believed yet. */
export const expiryTime = ({ wallMs, jumps }: ClockMemory): number =>
  jumps.reduce((ms, jump) => ms - jump.byMs, wallMs)

/** For how long the daemon has still to run until the whole of the wall clock is believed; 0: it is. */
export const doubtLeftMs = ({ jumps }: ClockMemory): number =>
  Math.max(0, ...jumps.map(({ leftMs }) => leftMs))
