import type { AtomText } from './atoms.ts'
import { defaultPort, type EndpointOf } from './endpoints.ts'

interface Pair {
  /** Blanks or `;` before it, and the spelling of its name and `=`, kept as they were. */
  readonly before: string
  readonly key: string
  readonly equals: string
  /** As written, quotes included. */
  readonly raw: string
  readonly value: string
}

const quoted = String.raw`'(?:\\[^]|''|[^'\\])*'|"[^"]*"`
/** libpq separates by blanks; where `;` separates (Npgsql, PDO), blanks belong to names and values. */
const byBlanks = new RegExp(String.raw`(\s*)(\w+)(\s*=\s*)(${quoted}|(?:\\[^]|[^\s'\\])*)`, 'y')
const bySemicolons = new RegExp(String.raw`([\s;]*)(\w[\w ]*?)(\s*=\s*)(${quoted}|[^;]*)`, 'y')
const hostKeys = new Set(['host', 'hostaddr', 'server'])

/**
 * Puts endpoints for managed hosts into `host=db port=5432 …`, also with `;` between pairs (Npgsql, PDO) and with several
 * hosts. Undefined when the value is not wholly such pairs, or names no host.
 */
export function rewriteDsn(atoms: AtomText, endpointOf: EndpointOf): string | undefined {
  const prefix = /^(?:pgsql|postgresql|postgres):(?=\s*\w+\s*=)/.exec(atoms.text)?.[0]
  const pairs = pairsOf(atoms.text.slice(prefix?.length ?? 0))
  if (!pairs?.some(({ key }) => hostKeys.has(key))) return undefined
  const ports = pairs.find(({ key }) => key === 'port')?.value.split(',') ?? []
  const hosts = (
    pairs.find(({ key }) => key !== 'hostaddr' && hostKeys.has(key))?.value ?? ''
  ).split(',')
  const newPorts = hosts.map((host, index) => {
    const written = ports.length > 1 ? ports[index] : ports[0]
    return String(endpointOf(host)?.port ?? written ?? defaultPort)
  })
  const port = new Set(newPorts).size === 1 ? newPorts[0]! : newPorts.join(',')
  const managed = hosts.some((host) => endpointOf(host))
  const written = pairs.map((each) => {
    const { before, key, equals, value } = each
    const name = atoms.fill(`${before}${each.name}${equals}`)
    if (hostKeys.has(key)) {
      const hostsNow = value.split(',').map((host) => endpointOf(host)?.host ?? host)
      const now = hostsNow.join(',')
      return now === value ? name + fillValue(each.raw, value, atoms) : name + now
    }
    return key === 'port' && managed ? name + port : name + fillValue(each.raw, value, atoms)
  })
  if (managed && ports.length === 0 && port !== String(defaultPort)) {
    const separator = atoms.text.includes(';') ? ';' : ' '
    written.push(`${separator}${pairs[0]!.name === 'Host' ? 'Port' : 'port'}=${port}`)
  }
  return `${prefix ?? ''}${written.join('')}${atoms.text.endsWith(';') ? ';' : ''}`
}

function pairsOf(text: string): (Pair & { name: string })[] | undefined {
  const pairs: (Pair & { name: string })[] = []
  const end = text.replace(/[\s;]+$/, '').length
  const pair = text.includes(';') ? bySemicolons : byBlanks
  pair.lastIndex = 0
  while (pair.lastIndex < end) {
    const found = pair.exec(text)
    if (!found) return undefined
    const [, before, name, equals, raw] = found as unknown as string[]
    const key = name!.toLowerCase()
    const value = /^['"]/.test(raw!) ? raw!.slice(1, -1) : raw!
    pairs.push({ before: before!, key, name: name!, equals: equals!, raw: raw!, value })
  }
  return pairs
}

/** Config that would end the value early is quoted as libpq wants it. */
function fillValue(raw: string, value: string, atoms: AtomText): string {
  if (!atoms.refers(raw)) return raw
  const escape = (text: string) => text.replaceAll(/['\\]/g, String.raw`\$&`)
  if (raw.startsWith("'")) return `'${atoms.fill(value, escape)}'`
  const filled = atoms.fill(value)
  if (raw.startsWith('"')) return `"${filled}"`
  return /[\s;'\\]/.test(filled) || filled === '' ? `'${atoms.fill(value, escape)}'` : filled
}
