const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A span for people, in its two largest units: `340 ms`, `1.2 s`, `2 m 5 s`, `3 h 10 m`, `4 d 2 h`. */
export function duration(spanMs: number): string {
  if (spanMs < second) return `${Math.max(0, Math.round(spanMs))} ms`
  if (spanMs < 10 * second) return `${(spanMs / second).toFixed(1)} s`
  if (spanMs < minute) return `${Math.round(spanMs / second)} s`
  if (spanMs < hour) return two(spanMs, minute, 'm', second, 's')
  if (spanMs < day) return two(spanMs, hour, 'h', minute, 'm')
  return two(spanMs, day, 'd', hour, 'h')
}

/** A span in whole numbers of its largest unit alone: `0 s`, `40 s`, `3 h`, `7 d`. */
export function roughly(spanMs: number): string {
  if (spanMs < minute) return `${Math.max(0, Math.floor(spanMs / second))} s`
  if (spanMs < hour) return `${Math.floor(spanMs / minute)} m`
  if (spanMs < day) return `${Math.floor(spanMs / hour)} h`
  return `${Math.floor(spanMs / day)} d`
}

function two(spanMs: number, big: number, bigName: string, small: number, smallName: string) {
  const bigCount = Math.floor(spanMs / big)
  const smallCount = Math.floor((spanMs - bigCount * big) / small)
  return smallCount === 0
    ? `${bigCount} ${bigName}`
    : `${bigCount} ${bigName} ${smallCount} ${smallName}`
}

/** How long ago an instant was, as people say it: `just now`, `40 s ago`, `3 h ago`; what is yet to come counts as now. */
export function ago(instant: string, nowMs: number): string {
  const spanMs = nowMs - Date.parse(instant)
  return spanMs < second ? 'just now' : `${roughly(spanMs)} ago`
}

/** How long an instant has been; a clock that went backwards counts as now. */
export const age = (instant: string, nowMs: number): string =>
  duration(Math.max(0, nowMs - Date.parse(instant)))

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: second, m: minute, h: hour, d: day }

/** Reads `90s`, `10m`, `1h30m`, `2d`; undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0)
}
