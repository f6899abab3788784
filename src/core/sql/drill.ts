import { identifier, literal } from './quote.ts'

/**
 * What each session of a drill begins with. The names of a database's own schemas must not stand for Postgres's functions while
 * a superuser calls them, and a session may not hold up others: it gives up on a lock that it does not get at once.
 */
export const careful = (statementTimeoutMs: number): string[] => [
  `select set_config('search_path', 'pg_catalog, pg_temp', false)`,
  `select set_config('statement_timeout', '${Math.max(1, Math.round(statementTimeoutMs))}', false)`,
  `select set_config('lock_timeout', '1000', false)`,
  `select set_config('max_parallel_workers_per_gather', '0', false)`,
  `select set_config('default_transaction_read_only', 'off', false)`,
]

/** The mark that a drill looks for in what was restored: no table of ours in anybody's database, and in the WAL like any change. */
export const setMarker = (superuser: string, marker: string): string =>
  `comment on role ${identifier(superuser)} is ${literal(marker)}`

export const readMarker = (superuser: string): string =>
  `select shobj_description(oid, 'pg_authid') as marker from pg_authid where rolname = ${literal(superuser)}`

/** Databases that can be connected to. -2 marks one that a DROP DATABASE left half-way. */
export const CONNECTABLE = `select datname as name from pg_database
  where datallowconn and datconnlimit <> -2 order by datname`

/**
 * Ordinary tables and materialised views of people's, the largest first: those that are restored with their rows, which unlogged
 * ones are not. Sizes come without a lock on the table, so those above 1 GiB are as the last VACUUM or ANALYZE saw them.
 */
export const largestTables = (count: number): string =>
  `select oid::int8::text as oid, schema, name, bytes::text as bytes
   from (select c.oid, n.nspname as schema, c.relname as name,
       greatest(c.relpages::int8 * current_setting('block_size')::int8,
         coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0)) as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
     where c.relkind in ('r', 'm') and c.relpersistence = 'p' and a.amname = 'heap'
       and n.nspname not in ('pg_catalog', 'information_schema')) as found
   order by found.bytes desc, oid limit ${count}`

/**
 * The oldest transaction that still runs, in the 32 bits that rows carry: whatever an older one wrote is settled. Rows of
 * older ones can only become fewer from now on.
 */
export const SETTLED_BEFORE = `select (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text as xid`

export const tableByOid = (oid: string): string =>
  `select n.nspname as schema, c.relname as name
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${literal(oid)}::oid`

/**
 * All rows of a table, and those whose transaction is older than `before`. A frozen row keeps its xmin, which may be so old that
 * it seems to be of the future: age() is negative then.
 */
export const countRows = (schema: string, name: string, before: string): string =>
  `select count(*)::text as rows,
     (count(*) filter (where age(xmin) not between 1 and age(${literal(before)}::xid)))::text as settled
   from only ${identifier(schema)}.${identifier(name)}`

/** Names this moment; the last WAL file that it needs. Up to 16 a place on a file's first byte is of the file before by itself. */
export const nameMoment = (major: number, name: string): string =>
  `select lsn::text as lsn, pg_walfile_name(${major >= 17 ? 'lsn - 1' : 'lsn'}) as segment
   from pg_create_restore_point(${literal(name)}) as lsn`

/** The history of the timeline that a promoted server began: its last line says where recovery ended. Null on the first one. */
export const HISTORY = `select pg_read_file('pg_wal/' || timeline || '.history', 0, 1000000, true) as history
  from left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline`
