import { defaultPort, replaceAddress, type EndpointOf } from './endpoints.ts'

/** Words of a variable’s name that say its value is an address (GHOST is not one). `POSTGRES_USER=postgres` must stay. */
const addressWord =
  /(?:^|_)(?:ADDR|ADDRESS|ADDRESSES|ENDPOINT|ENDPOINTS|NODES|SERVER|SERVERS|URI|URL)(?:_|$)|(?<!(?:^|_)G)HOST(?:S|NAME|NAMES|ADDR)?(?=_|$|\d)/
/** Words that say it is something else, for which no question remains. */
const otherWord =
  /(?:^|_)(?:USER|USERNAME|PASSWORD|DB|DATABASE|DBNAME|NAME|SCHEMA|TYPE|DRIVER|DIALECT|ENGINE|ADAPTER|CLIENT|CONNECTION|PROVIDER|STORE|BACKEND)$/

/** Whether a variable’s name says that it holds an address: `DB_HOST`, `PGHOST`, `dbHost`. */
export function namesAddress(key: string): boolean {
  return addressWord.test(key.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase())
}

export function namesSomethingElse(key: string): boolean {
  return otherWord.test(key.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase())
}

/** The variable that holds the port of the host in `key`: `DB_HOST` → `DB_PORT`, `PGHOST` → `PGPORT`. */
export function portKeyOf(key: string): string | undefined {
  const found = /host(?:name|addr)?(?=[^a-z]*$)/i.exec(key) ?? /host(?:name)?/i.exec(key)
  if (!found) return undefined
  const [host] = found
  const port = host === host.toLowerCase() ? 'port' : host === host.toUpperCase() ? 'PORT' : 'Port'
  return key.slice(0, found.index) + port + key.slice(found.index + host.length)
}

export interface BareResult {
  readonly value: string
  /** The hosts, as written, whose port is not in the value. */
  readonly withoutPort: readonly string[]
}

/**
 * A value that is a host or `host:port` (with a path, perhaps), or several with commas between. `host` alone counts only
 * when `key` names an address. Undefined when no part is a managed service’s.
 */
export function rewriteBare(
  key: string,
  text: string,
  endpointOf: EndpointOf,
): BareResult | undefined {
  const withoutPort: string[] = []
  let changed = false
  const parts = text.split(',').map((part) => {
    const [, before, address, after] = /^(\s*)([^\s/]*)((?:\/.*|\s*))$/s.exec(part) ?? []
    if (address === undefined) return part
    if (!address.includes(':')) {
      const endpoint = namesAddress(key) && after!.trim() === '' ? endpointOf(address) : undefined
      if (!endpoint) return part
      withoutPort.push(address)
      changed = true
      return before + endpoint.host + after
    }
    const isAddress = namesAddress(key) || hasServerPort(address, endpointOf)
    const replaced = isAddress ? replaceAddress(address, endpointOf) : undefined
    changed ||= replaced !== undefined
    return before + (replaced ?? address) + after
  })
  return changed ? { value: parts.join(','), withoutPort } : undefined
}

/** `postgres:12345` may be a name and a password; with the server's own port it is an address. */
function hasServerPort(address: string, endpointOf: EndpointOf): boolean {
  const [host, port] = address.split(':') as [string, string?]
  return port === String(defaultPort) || port === String(endpointOf(host)?.port)
}
