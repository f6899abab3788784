/** Where an application reaches a managed service. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** The endpoint for a host name as it was written; undefined when it is not the name of a managed service. */
export type EndpointOf = (host: string) => Endpoint | undefined

/** What clients use when an address has no port. */
export const defaultPort = 5432

/** `host`, `host:port` or `[v6]:port` with the endpoint put in; undefined when it is not a managed service’s. */
export function replaceAddress(address: string, endpointOf: EndpointOf): string | undefined {
  const found = /^([^:[\]]+)(?::(\d*))?$/s.exec(address)
  const endpoint = found ? endpointOf(found[1]!) : undefined
  if (!found || !endpoint) return undefined
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  if (found[2]) return `${host}:${endpoint.port}`
  return endpoint.port === defaultPort ? host : `${host}:${endpoint.port}`
}
