import { inTransaction, listenAndNotify, runApp, tlsBy } from './app.ts'

/** An agent's memory: node-postgres from a URL with TLS by a variable, a migration under an advisory lock, pub/sub. */
await runApp({
  settings: (env) => ({ connectionString: env['DB_URL'], ssl: tlsBy(env['DB_SSL']) }),
  async prepare(client) {
    await client.query('select pg_advisory_lock(72707369)')
    await inTransaction(client, [
      'create schema if not exists mastra',
      'create table if not exists mastra.threads (id uuid primary key, metadata jsonb, "createdAt" timestamptz not null default now())',
      'create index if not exists by_metadata on mastra.threads using gin (metadata)',
      'insert into mastra.threads (id) values (gen_random_uuid())',
    ])
    const { rows } = await client.query<{ freed: boolean }>(
      'select pg_advisory_unlock(72707369) as freed',
    )
    if (!rows[0]?.freed) throw new Error('the advisory lock was lost')
    await listenAndNotify(client, 'threads')
  },
})
