import type { SystemRelease } from './system-release.ts'

/** A distribution that can carry a host, and what it calls what a host needs. */
export interface Distribution {
  readonly id: 'debian' | 'ubuntu'
  readonly versionId: string
  /** For people. */
  readonly name: string
  readonly etcdPackages: readonly string[]
  /** The major of its own Postgres. */
  readonly postgresMajor: number
}

const etcdSplit = ['etcd-server', 'etcd-client']

/**
 * Which Postgres each has: the dependency of its package `postgresql`. Ubuntu 22.04 has etcd under its plain name. Where apt knows the
 * vendor’s repository (PGDG) too, it takes the newer of both by itself; we never add a source that nobody put there.
 */
export const DISTRIBUTIONS: readonly Distribution[] = [
  debian('12', 'bookworm', 15),
  debian('13', 'trixie', 17),
  ubuntu('22.04', ['etcd'], 14),
  ubuntu('24.04', etcdSplit, 16),
  ubuntu('26.04', etcdSplit, 18),
]

/** The distribution of a machine; undefined when a host cannot be on it. */
export function distributionOf({ id, versionId }: SystemRelease): Distribution | undefined {
  return DISTRIBUTIONS.find((known) => known.id === id && known.versionId === versionId)
}

/** All that can be hosts, for a sentence. */
export const supportedDistributions = (): string =>
  `${DISTRIBUTIONS.slice(0, -1)
    .map(({ name }) => name)
    .join(', ')} and ${DISTRIBUTIONS.at(-1)?.name}`

/**
 * The packages of a host, in two rounds: what is in the first must be set up before the second comes, because a new server package makes a
 * cluster unless the settings that the first brings say no. Without etcd where a newer one was put there by hand.
 */
export function packageRounds(
  { etcdPackages, postgresMajor }: Distribution,
  { withEtcd }: { readonly withEtcd: boolean },
): readonly [first: readonly string[], second: readonly string[]] {
  const etcd = withEtcd ? etcdPackages : []
  // Patroni's package is content with a client of any such store; it speaks with etcd through this one alone.
  const patroni = ['python3-etcd', 'patroni']
  const rest = ['haproxy', 'pgbouncer', 'pgbackrest', `postgresql-${postgresMajor}`]
  return [['postgresql-common'], [...etcd, ...patroni, ...rest]]
}

/** The services that a package would have the system start, now and at each boot. */
export const SERVICES_OF: Readonly<Record<string, readonly string[]>> = {
  etcd: ['etcd.service'],
  'etcd-server': ['etcd.service'],
  patroni: ['patroni.service'],
  haproxy: ['haproxy.service'],
  pgbouncer: ['pgbouncer.service'],
  'postgresql-common': ['postgresql.service'],
}

/** Members are added without a vote at first, and asked over HTTP under /v3: both came with this release. */
export const OLDEST_ETCD = [3, 4] as const

function debian(versionId: string, codename: string, postgresMajor: number): Distribution {
  const name = `Debian ${versionId} (${codename})`
  return { id: 'debian', versionId, name, etcdPackages: etcdSplit, postgresMajor }
}

function ubuntu(
  versionId: string,
  etcdPackages: readonly string[],
  postgresMajor: number,
): Distribution {
  return { id: 'ubuntu', versionId, name: `Ubuntu ${versionId} LTS`, etcdPackages, postgresMajor }
}
