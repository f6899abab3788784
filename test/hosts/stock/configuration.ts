import type { HostRecord } from '../lab-file.ts'
import { SUBNET } from '../names.ts'

/** Ports of a stock host. */
export const PORTS = {
  postgres: 5432,
  rest: 8008,
  dcs: 2379,
  dcsPeers: 2380,
  primary: 5000,
  replicas: 5001,
  pooled: 6432,
} as const

export const LOGIN = { user: 'app', password: 'app', database: 'app' } as const
/** On the host's data disk, which `fill` and power cuts are about. */
export const DATA = '/var/lib/howdah/pg'
export const DCS_DATA = '/var/lib/howdah/etcd'
export const CONFIG = '/etc/stock'

/** The lowest TTL that Patroni 4 allows, and the rest as short as that leaves room for: loop_wait + 2 * retry_timeout <= ttl. */
export const TTL_SECONDS = 20

/**
 * What an expert would write for three hosts without Howdah, after the figures of our own measurements: shortest timeouts that
 * Patroni 4 allows, synchronous mode, failsafe mode, quick retries in PgBouncer, one HAProxy per host that asks Patroni.
 */
export function patroniConfig(host: HostRecord, hosts: readonly HostRecord[], major: number) {
  const { name, address } = host
  const replicator = { username: 'repl', password: 'repl' }
  return {
    scope: 'stock',
    name,
    restapi: { listen: `${address}:${PORTS.rest}`, connect_address: `${address}:${PORTS.rest}` },
    etcd3: { hosts: hosts.map((other) => `${other.address}:${PORTS.dcs}`) },
    bootstrap: {
      dcs: {
        ttl: TTL_SECONDS,
        loop_wait: 1,
        retry_timeout: 3,
        maximum_lag_on_failover: 1048576,
        // A primary that died is not restarted in place: a standby that has everything is sooner there.
        primary_start_timeout: 0,
        synchronous_mode: true,
        failsafe_mode: true,
        postgresql: {
          use_pg_rewind: true,
          use_slots: true,
          parameters: {
            max_connections: 200,
            shared_buffers: '64MB',
            wal_log_hints: 'on',
            wal_keep_size: '256MB',
            // A new primary has the slots of its standbys only after a loop: otherwise they wait 5 s for the next try.
            wal_retrieve_retry_interval: '500ms',
            wal_receiver_timeout: '10s',
            wal_sender_timeout: '10s',
          },
        },
      },
      initdb: [{ encoding: 'UTF8' }, 'data-checksums', { locale: 'C.UTF-8' }],
    },
    postgresql: {
      listen: `${address},127.0.0.1:${PORTS.postgres}`,
      connect_address: `${address}:${PORTS.postgres}`,
      data_dir: DATA,
      // A spread checkpoint would hold a replica's copy up for minutes.
      basebackup: [{ checkpoint: 'fast' }],
      pgpass: '/run/postgresql/patroni.pgpass',
      bin_dir: `/usr/lib/postgresql/${major}/bin`,
      parameters: { unix_socket_directories: '/run/postgresql' },
      authentication: {
        superuser: { username: 'postgres', password: 'postgres' },
        replication: replicator,
        rewind: { username: 'rewind', password: 'rewind' },
      },
      pg_hba: [
        'local all all trust',
        'local replication all trust',
        'host replication all 127.0.0.1/32 trust',
        'host all all 127.0.0.1/32 trust',
        `host replication all ${SUBNET} scram-sha-256`,
        `host all all ${SUBNET} scram-sha-256`,
      ],
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
  }
}

export function etcdCommand({ name, address }: HostRecord, hosts: readonly HostRecord[]): string {
  const peers = hosts.map((other) => `${other.name}=http://${other.address}:${PORTS.dcsPeers}`)
  const [peer, client] = [`http://${address}:${PORTS.dcsPeers}`, `http://${address}:${PORTS.dcs}`]
  return [
    `etcd --name ${name} --data-dir ${DCS_DATA}`,
    `--listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer}`,
    `--listen-client-urls ${client} --advertise-client-urls ${client}`,
    `--initial-cluster ${peers.join(',')} --initial-cluster-state new`,
    '--heartbeat-interval 50 --election-timeout 500',
  ].join(' ')
}

/** A dead server is found by its Patroni's answer, twice in a row, and its connections are cut. */
export function haproxyConfig(hosts: readonly HostRecord[]): string {
  const listen = (name: string, port: number, path: string): string => `
listen ${name}
  bind *:${port}
  option httpchk OPTIONS ${path}
  http-check expect status 200
  default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${hosts.map((host) => `  server ${host.name} ${host.address}:${PORTS.postgres} check port ${PORTS.rest}`).join('\n')}
`
  return `global
  maxconn 2000
defaults
  mode tcp
  retries 2
  timeout connect 2s
  timeout check 2s
  timeout client 30m
  timeout server 30m
${listen('primary', PORTS.primary, '/primary')}${listen('replicas', PORTS.replicas, '/replica')}`
}

export const pgbouncerConfig = (): string => `[databases]
* = host=127.0.0.1 port=${PORTS.primary}
[pgbouncer]
listen_addr = *
listen_port = ${PORTS.pooled}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${CONFIG}/userlist.txt
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 25
max_prepared_statements = 200
; the default of 15 s would be added to every failover
server_login_retry = 0.1
server_connect_timeout = 2
server_fast_close = 1
server_check_delay = 1
tcp_keepalive = 1
tcp_keepidle = 2
tcp_keepintvl = 1
tcp_keepcnt = 2
tcp_user_timeout = 3000
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`
