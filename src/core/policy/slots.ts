const MINUTE_MS = 60_000

/**
 * Moments that repeat every `everyMs`, counted from 1970 in UTC so that no change of the local time moves them. `offsetMs`
 * says where in the span they lie.
 */
export interface Slots {
  readonly everyMs: number
  readonly offsetMs: number
}

/** The slots of a daily `HH:MM`, or of a minute of its own that `id` alone decides, so that not all work begins at once. */
export function slotsOf(everyMs: number, at: string | undefined, id: string): Slots {
  if (at === undefined) return { everyMs, offsetMs: spreadMs(id, everyMs) }
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  return { everyMs, offsetMs: (hours * 60 + minutes) * MINUTE_MS }
}

/** The first slot after a moment. */
export function slotAfter({ everyMs, offsetMs }: Slots, afterMs: number): number {
  return (Math.floor((afterMs - offsetMs) / everyMs) + 1) * everyMs + offsetMs
}

/** A whole minute within the span: the same one for the same id, anywhere for another. */
function spreadMs(id: string, spanMs: number): number {
  const minutes = Math.max(1, Math.floor(spanMs / MINUTE_MS))
  return (fnv1a(id) % minutes) * MINUTE_MS
}

/** The 32-bit FNV-1a hash: spreads short ids well and needs no library. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const letter of text) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return hash
}
