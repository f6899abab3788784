/** The protocol that a connection to the API is upgraded to when it shall carry the bytes of a Postgres client. */
export const TUNNEL_PROTOCOL = 'howdah-tunnel'

export const TUNNEL_PATH = /^\/v1\/instances\/(?<project>[^/]+)\/(?<service>[^/]+)\/tunnel$/

export const tunnelPath = (project: string, service: string): string =>
  `/v1/instances/${encodeURIComponent(project)}/${encodeURIComponent(service)}/tunnel`
