import { identifier, literal } from './quote.ts'

/** Where amcheck goes when the database does not have it; the server is thrown away with it. */
const OWN_SCHEMA = 'howdah_drill'

export const AMCHECK_AVAILABLE = `select 1 as yes from pg_available_extensions where name = 'amcheck'`

export const AMCHECK_SCHEMA = `select n.nspname as schema from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`

/** For a database that has no amcheck. */
export const MAKE_AMCHECK = [
  `create schema if not exists ${identifier(OWN_SCHEMA)}`,
  `create extension amcheck schema ${identifier(OWN_SCHEMA)}`,
]

/** For one that has it, maybe as an older version made it. */
export const UPDATE_AMCHECK = 'alter extension amcheck update'

/**
 * B-tree indexes that are in use, the catalogs' included, the smallest first. `computes`: it holds what expressions give, or only
 * rows that a predicate is true for.
 */
export const BTREE_INDEXES = `select c.oid::int8::text as oid, n.nspname as schema, c.relname as name,
    t.relname as of, (i.indexprs is not null or i.indpred is not null) as computes
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
  where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence = 'p' and i.indisvalid and i.indisready
  order by pg_relation_size(c.oid), c.oid`

/** Heap tables that are in use, the catalogs' and TOAST included, the smallest first. */
export const HEAP_TABLES = `select c.oid::int8::text as oid, n.nspname as schema, c.relname as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
  where a.amname = 'heap' and c.relkind in ('r', 'm', 't') and c.relpersistence = 'p'
  order by pg_relation_size(c.oid), c.oid`

/**
 * Looks through a B-tree. `thorough`: also whether every row of the table is in it, which evaluates the index's expressions.
 * It fails with a SQLSTATE of class XX when the index is not what it must be.
 */
export const checkIndex = (schema: string, oid: string, thorough: boolean): string =>
  `select ${identifier(schema)}.bt_index_check(${literal(oid)}::oid::regclass, ${thorough})`

/** The first rows of a table that are not what they must be; Postgres 14 and later. */
export const checkTable = (schema: string, oid: string): string =>
  `select blkno::text as block, msg as sentence
   from ${identifier(schema)}.verify_heapam(${literal(oid)}::oid::regclass, on_error_stop => true) limit 3`

export const SERVER_VERSION = `select current_setting('server_version_num') as version`

/**
 * Whether index expressions run as the table's owner within amcheck, and not as the superuser who calls it (CVE-2022-1552, mended
 * in 14.3, 13.7 and 12.11). `version`: server_version_num.
 */
export function computesAsOwner(version: number): boolean {
  const mended: Readonly<Record<number, number>> = { 12: 11, 13: 7, 14: 3 }
  const major = Math.floor(version / 10_000)
  return major > 14 || version % 10_000 >= (mended[major] ?? Infinity)
}

/** A SQLSTATE by which Postgres says that what is stored is damaged (XX), or that a file cannot be read (58). */
export const saysDamaged = (sqlstate: string): boolean => /^(?:XX|58)/.test(sqlstate)
