import type { Endpoint } from '../../contract/instance.ts'

/** The role that readiness checks name; it does not exist, and no check ever comes to a password. */
export const readinessUser = 'howdah_readiness'

/** Where a forwarder's own readiness is asked, inside its container only. */
export const readinessUrl = 'http://127.0.0.1:8404/ready'

/**
 * HAProxy's configuration for a container that stands in for one database: it accepts on `listenPort`, passes bytes
 * through untouched (TLS is between the application and Postgres) to `server`, an HAProxy address such as
 * `unix@/run/howdah/db.sock`, and answers `readinessUrl` with 200 while Postgres accepts connections, else 503.
 */
export function forwarderConfig(listenPort: number, server: string): string {
  return `${head}
frontend postgres
    bind :${listenPort}
    default_backend instance

backend instance
    option tcp-check
    tcp-check connect
    tcp-check send-binary ${startupPacket(readinessUser)}
    tcp-check expect rbinary ^(52|45.*00(${ready.map(hex).join('|')}))
    server instance ${server} check inter 10s fastinter 1s downinter 1s rise 1 fall 2

frontend readiness
    mode http
    timeout client 5s
    bind 127.0.0.1:8404
    monitor-uri /ready
    monitor fail if { nbsrv(instance) lt 1 }
`
}

/** HAProxy's configuration for the one relay in the host's network: each socket leads to its instance. */
export function relayConfig(routes: readonly { socket: string; endpoint: Endpoint }[]): string {
  const listeners = routes.map(
    ({ socket, endpoint }, index) => `
listen instance-${index}
    bind unix@${socket} mode 666
    server instance ${endpoint.host}:${endpoint.port}
`,
  )
  return head + listeners.join('')
}

/**
 * What a server that accepts connections may say to a stranger instead of asking for a password (R, hex 52): an error
 * (E, 45) of class 28, no such login, or 53, too many connections. While it starts, recovers or stops it says 57P03.
 */
const ready = ['C28', 'C53']

// An explicit maxconn, because HAProxy sizes its tables by the container's open-file limit, which may be 2^30. The
// longest idle timeout that fits its 31-bit milliseconds, because pools and LISTEN stay silent for days; TCP keep-alive
// finds the dead ones.
const head = `global
    maxconn 4096
    nbthread 1
    hard-stop-after 1s

defaults
    mode tcp
    timeout connect 5s
    retries 0
    timeout check 1500ms
    timeout client 24d
    timeout server 24d
    option clitcpka
    option srvtcpka
`

/**
 * A protocol 3.0 startup message, as hex. The server asks for a password, HAProxy hangs up, and Postgres logs nothing:
 * an end of file while it waits for the password is silent, and the role need not exist.
 */
function startupPacket(user: string): string {
  const parameters = hex(`user\0${user}\0database\0${user}\0\0`)
  const length = 8 + parameters.length / 2
  return length.toString(16).padStart(8, '0').toUpperCase() + '00030000' + parameters
}

function hex(ascii: string): string {
  return Array.from(ascii, (c) => c.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}
