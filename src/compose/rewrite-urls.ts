import type { AtomText } from './atoms.ts'
import { defaultPort, replaceAddress, type EndpointOf } from './endpoints.ts'

/** A scheme may itself be built up: `postgresql+asyncpg`. JDBC's prefix stays in front, untouched. */
const scheme = /([A-Za-z][A-Za-z0-9+.-]*):\/\//g
/** What ends a URL that stands in other text. */
const outside = /[\s"'<>`]/
const isDatabase = /^(?:postgres|postgresql|pgsql|pg|cockroach\w*|timescale\w*|ecto|asyncpg)\b/i

interface Url {
  readonly start: number
  readonly end: number
  /** Where the part after `://` begins. */
  readonly rest: number
  readonly scheme: string
}

/**
 * Puts endpoints for managed hosts into every URL of a value, several hosts in one URL too. Config inside a URL is
 * percent-encoded in the user part, in values of the query, and as a database’s name. Undefined when there is no URL.
 */
export function rewriteUrls(atoms: AtomText, endpointOf: EndpointOf): string | undefined {
  const urls = urlsIn(atoms.text)
  if (urls.length === 0) return undefined
  let written = ''
  let at = 0
  for (const url of urls) {
    written += atoms.fill(atoms.text.slice(at, url.rest))
    written += rewriteRest(atoms.text.slice(url.rest, url.end), url.scheme, atoms, endpointOf)
    at = url.end
  }
  return written + atoms.fill(atoms.text.slice(at))
}

function urlsIn(text: string): Url[] {
  const starts = [...text.matchAll(scheme)]
  return starts.map((found, index) => {
    const rest = found.index + found[0].length
    const following = starts[index + 1]?.index ?? text.length
    const stop = text.slice(rest, following).search(outside)
    return {
      start: found.index,
      end: stop < 0 ? following : rest + stop,
      rest,
      scheme: found[1]!,
    }
  })
}

/** Everything after `://`. */
function rewriteRest(rest: string, name: string, atoms: AtomText, endpointOf: EndpointOf): string {
  const database = isDatabase.test(name)
  const authorityEnd = endOfAuthority(rest, database, atoms)
  const authority = rest.slice(0, authorityEnd)
  const [path, query] = splitOnce(rest.slice(authorityEnd), '?')
  const at = authority.lastIndexOf('@')
  const user = at < 0 ? '' : `${atoms.fill(authority.slice(0, at), encodeURIComponent)}@`
  const hosts = rewriteHosts(authority.slice(at + 1), atoms, endpointOf)
  const place = database ? atoms.fill(path, encodeURIComponent) : atoms.fill(path)
  if (query === undefined) return user + hosts + place
  return `${user}${hosts}${place}?${rewriteQuery(query, atoms, endpointOf)}`
}

/**
 * The authority ends at the first `/`, `?` or `#`. A password that was not encoded may hold one of these; then a database's
 * URL has no other reading than that the host follows the next `@`: `postgres://u:a/b@db/x`.
 */
function endOfAuthority(rest: string, database: boolean, atoms: AtomText): number {
  const plain = rest.search(/[/?#]/)
  if (plain < 0) return rest.length
  const [, afterColon] = splitOnce(rest.slice(0, plain), ':')
  const isPort = afterColon === undefined || /^\d*$/.test(afterColon) || atoms.refers(afterColon)
  const at = rest.indexOf('@')
  if (!database || isPort || at < plain) return plain
  const after = rest.slice(at).search(/[/?#]/)
  return after < 0 ? rest.length : at + after
}

function rewriteHosts(hosts: string, atoms: AtomText, endpointOf: EndpointOf): string {
  return hosts
    .split(',')
    .map((host) => replaceAddress(host, endpointOf) ?? atoms.fill(host))
    .join(',')
}

/** libpq takes `host` and `port` from the query too: `postgresql:///app?host=db&port=5432`. */
function rewriteQuery(query: string, atoms: AtomText, endpointOf: EndpointOf): string {
  const pairs = query.split('&').map((pair) => splitOnce(pair, '='))
  const host = pairs.find(([key]) => key === 'host')?.[1]
  const endpoint = host === undefined ? undefined : endpointOf(host)
  const written = pairs.map(([key, value]) => {
    if (value === undefined) return atoms.fill(key)
    if (endpoint && key === 'host') return `host=${endpoint.host}`
    if (endpoint && key === 'port') return `port=${endpoint.port}`
    return `${atoms.fill(key)}=${atoms.fill(value, encodeURIComponent)}`
  })
  if (endpoint && endpoint.port !== defaultPort && !pairs.some(([key]) => key === 'port')) {
    written.push(`port=${endpoint.port}`)
  }
  return written.join('&')
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
