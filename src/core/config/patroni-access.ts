import { identConf, SUPERUSER } from './hba.ts'

/** As whom members copy from one another: by a certificate of our authority over the network, by their account on the machine. */
export const REPLICATOR = 'howdah_replicator'

const linesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

/**
 * The lines of pg_hba.conf for Patroni: the document’s, and before them the members’ own. The certificate’s name is the role’s,
 * and only certificates of our authority that are made for clients are let in.
 */
export function membersHba(text: string): string[] {
  return [
    `hostssl replication ${REPLICATOR} all cert`,
    `hostssl all ${REPLICATOR} all cert`,
    `host replication ${REPLICATOR} all reject`,
    `host all ${REPLICATOR} all reject`,
    ...linesOf(text),
  ]
}

/** The lines of pg_ident.conf for Patroni: the document’s, and that these accounts may copy. */
export function membersIdent(text: string, accounts: readonly string[]): string[] {
  return [...new Set([...linesOf(text), ...linesOf(identConf(accounts, [REPLICATOR]))])]
}

/** What pg_rewind calls; its role need not be a superuser (its documentation names these). */
const REWIND_CALLS = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
]

/** Makes the role in a server that is not a member yet. Repeatable. As {@link SUPERUSER}, in the database `postgres`. */
export const replicatorSql: string = [
  `do $$ begin
     if not exists (select from pg_catalog.pg_roles where rolname = '${REPLICATOR}') then
       create role ${REPLICATOR} login replication;
     end if;
   end $$`,
  ...REWIND_CALLS.map((call) => `grant execute on function pg_catalog.${call} to ${REPLICATOR}`),
].join(';\n')

export { SUPERUSER }
