import { compareVersions, type Version } from './version.ts'

/** The programs that a host runs beside Postgres. */
export type HostProgram = 'etcd' | 'patroni' | 'pgbouncer' | 'pgbackrest'

/** A fault, or a lack, of a range of releases. */
export interface KnownBug {
  readonly program: HostProgram
  /** The first release that has it; unset: all before `fixedIn`. */
  readonly since?: Version
  /** The first release without it. */
  readonly fixedIn: Version
  /** `fail`: data can be lost, or Howdah cannot use it. `warn`: worth an upgrade. */
  readonly severity: 'fail' | 'warn'
  /** What happens, as a clause after the program’s name and version. */
  readonly effect: string
  /** Where its makers say so. */
  readonly source: string
}

/**
 * Only what the makers’ own notes say and what matters for how Howdah runs them: etcd without its authentication, PgBouncer with
 * prepared statements in transaction mode. Holes that distributions close under the same version number are not here: the version does not
 * show whether they are closed, and `apt list --upgradable` does.
 */
export const KNOWN_BUGS: readonly KnownBug[] = [
  {
    program: 'etcd',
    fixedIn: [3, 4],
    severity: 'fail',
    effect: 'cannot add members without a vote, so no host can join',
    source: 'etcd’s CHANGELOG-3.4: learners',
  },
  {
    program: 'etcd',
    since: [3, 5, 0],
    fixedIn: [3, 5, 3],
    severity: 'fail',
    effect: 'can come to different data on its members when one is killed',
    source: 'github.com/etcd-io/etcd/issues/13766',
  },
  {
    program: 'etcd',
    since: [3, 5, 0],
    fixedIn: [3, 5, 6],
    severity: 'fail',
    effect: 'can come to different revisions on its members when one dies while it defragments',
    source: 'etcd’s CHANGELOG-3.5: v3.5.6; github.com/kubernetes/kubernetes/pull/114093',
  },
  {
    program: 'etcd',
    since: [3, 5, 1],
    fixedIn: [3, 5, 20],
    severity: 'warn',
    effect:
      'does not keep in all places that a member has got its vote: works, but must not be upgraded to 3.6 from here, only from the newest 3.5',
    source: 'github.com/etcd-io/etcd/issues/19557 and 20793',
  },
  {
    program: 'patroni',
    fixedIn: [3, 0],
    severity: 'fail',
    effect: 'has no failsafe mode, so that a primary stops when etcd is lost',
    source: 'Patroni’s release notes, 3.0.0',
  },
  {
    program: 'patroni',
    since: [3, 0],
    fixedIn: [4, 0],
    severity: 'warn',
    effect: 'cannot replicate by quorum; synchronous and asynchronous it can',
    source: 'Patroni’s release notes, 4.0.0',
  },
  {
    program: 'patroni',
    since: [4, 0],
    fixedIn: [4, 0, 6],
    severity: 'warn',
    effect: 'can leave a primary waiting, or refuse a switchover, with durability: quorum',
    source: 'Patroni’s release notes, 4.0.5 and 4.0.6',
  },
  {
    program: 'patroni',
    since: [3, 0],
    fixedIn: [4, 0, 7],
    severity: 'warn',
    effect: 'can miss that etcd is lost, and then stop the primary in spite of failsafe mode',
    source: 'Patroni’s release notes, 4.0.7',
  },
  {
    program: 'pgbouncer',
    fixedIn: [1, 21],
    severity: 'warn',
    effect:
      'has no prepared statements in transaction mode: clients of pooled endpoints must not use them',
    source: 'PgBouncer’s changelog, 1.21.0',
  },
  {
    program: 'pgbouncer',
    since: [1, 21],
    fixedIn: [1, 22, 1],
    severity: 'warn',
    effect: 'leaks memory and confuses prepared statements when clients use COPY FROM STDIN',
    source: 'PgBouncer’s changelog, 1.22.1',
  },
  {
    program: 'pgbouncer',
    since: [1, 23],
    fixedIn: [1, 23, 1],
    severity: 'fail',
    effect: 'can crash when it reads its configuration anew',
    source: 'PgBouncer’s changelog, 1.23.1',
  },
  {
    program: 'pgbackrest',
    since: [2, 46],
    fixedIn: [2, 50],
    severity: 'fail',
    effect: 'can read too little when it restores a backup of blocks',
    source: 'pgBackRest’s release notes, 2.50',
  },
]

/** What is known of a release, the worst first. */
export function knownBugsOf(program: HostProgram, version: Version): KnownBug[] {
  return KNOWN_BUGS.filter(
    (bug) =>
      bug.program === program &&
      compareVersions(version, bug.fixedIn) < 0 &&
      (bug.since === undefined || compareVersions(version, bug.since) >= 0),
  ).toSorted((a, b) => rank(a) - rank(b))
}

const rank = ({ severity }: KnownBug): number => (severity === 'fail' ? 0 : 1)
