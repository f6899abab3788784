/** What every account holds at first. */
export const OPENING_BALANCE = 1000
/** Few enough that transfers meet, and many enough that one that hangs does not hold up all. */
export const ACCOUNTS = 100

/** The clients' tables, new and filled. */
export const schemaSql = (registers: number): string => `
  drop schema if exists harness cascade;
  create schema harness;
  create table harness.rows (id text primary key);
  create table harness.transfers
    (id text primary key, "from" int not null, "to" int not null, amount int not null);
  create table harness.accounts (account int primary key, balance int not null);
  create table harness.registers (key int primary key, version int not null, value text not null);
  insert into harness.accounts select i, ${OPENING_BALANCE} from generate_series(0, ${ACCOUNTS - 1}) i;
  insert into harness.registers select i, 0, 'first' from generate_series(0, ${registers - 1}) i;`

/** Who acknowledges: the address that the server itself has on this connection, its timeline and how far its WAL is. */
const WITNESS = `coalesce(host(inet_server_addr()), 'socket') as server,
  left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline, pg_current_wal_lsn()::text as lsn`

export const insertSql = `insert into harness.rows values ($1) returning ${WITNESS}`

export const moveSql = 'update harness.accounts set balance = balance + $2 where account = $1'
export const transferSql = `insert into harness.transfers values ($1, $2, $3, $4) returning ${WITNESS}`

export const putSql = `update harness.registers set version = version + 1, value = $3
  where key = $1 and version = $2 returning version, ${WITNESS}`
export const lookSql = 'select key, version, value from harness.registers where key = $1'

/** One statement, so one snapshot. */
export const readSql = `select (select sum(balance)::int from harness.accounts) as sum,
  (select json_agg(r) from harness.registers r where key = any($1)) as registers`

/** One statement, so one snapshot. */
export const finalSql = `select
  (select coalesce(json_agg(id), '[]') from
    (select id from harness.rows union all select id from harness.transfers) _) as ids,
  (select coalesce(json_agg(t), '[]') from harness.transfers t) as transfers,
  (select json_agg(balance order by account) from harness.accounts) as balances,
  (select json_agg(r order by key) from harness.registers r) as registers`
