import { asLibpq, inTransaction, listenAndNotify, runApp } from './app.ts'

/** Hasura's own migrations: its schema, an extension, triggers that notify. It connects through libpq. */
await runApp({
  settings: (env) => asLibpq(env['HASURA_GRAPHQL_DATABASE_URL']),
  async prepare(client) {
    await inTransaction(client, [
      'create extension if not exists pgcrypto schema public',
      'create schema if not exists hdb_catalog',
      'create table if not exists hdb_catalog.hdb_version (hasura_uuid uuid primary key default gen_random_uuid(), version text not null)',
      'create unique index if not exists one_row on hdb_catalog.hdb_version ((version is not null))',
      `create or replace function hdb_catalog.notify() returns trigger language plpgsql as
         $$ begin perform pg_notify('hasura', new.version); return new; end $$`,
      'drop trigger if exists told on hdb_catalog.hdb_version',
      'create trigger told after insert on hdb_catalog.hdb_version for each row execute function hdb_catalog.notify()',
    ])
    await client.query("select encode(digest('x', 'sha256'), 'hex')")
    await listenAndNotify(client, 'hasura')
  },
})
