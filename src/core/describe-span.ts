const units = [
  ['d', 24 * 60 * 60 * 1000],
  ['h', 60 * 60 * 1000],
  ['m', 60 * 1000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A span of time as compose writes it, to the millisecond: `7d`, `1d12h`, `5m`, `0s`. */
export function describeSpan(spanMs: number): string {
  let left = Math.round(spanMs)
  let text = ''
  for (const [name, unitMs] of units) {
    const count = Math.floor(left / unitMs)
    if (count > 0) text += `${count}${name}`
    left -= count * unitMs
  }
  return text || '0s'
}
