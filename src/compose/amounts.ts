const byteUnits = ['', 'k', 'm', 'g', 't', 'p']
const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `512M`, `1.5gb`, `64MiB` or bytes, counted in 1024s as Docker does. Undefined when it is none of these. */
export function parseBytes(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text)
  if (!found) return undefined
  const bytes = Number(found[1]) * 1024 ** byteUnits.indexOf(found[2]!.toLowerCase())
  return Number.isSafeInteger(Math.floor(bytes)) ? Math.floor(bytes) : undefined
}

/** `1m30s`, `500ms`, `0` as milliseconds, as Compose reads durations. Undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdw]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|[smhdw])/g)) {
    total += Number(amount) * durationUnits[unit!]!
  }
  return Math.round(total)
}

/** `0.5`, `2`: a number of processors. Undefined when it is none or negative. */
export function parseCpus(text: string): number | undefined {
  return /^\d*\.?\d+$/.test(text) ? Number(text) : undefined
}

export function parseCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}
