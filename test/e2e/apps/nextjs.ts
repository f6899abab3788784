import { inTransaction, runApp, tlsBy } from './app.ts'

/** One client of node-postgres from separate variables. */
await runApp({
  settings: (env) => ({
    user: env['POSTGRES_USER'],
    password: env['POSTGRES_PASSWORD'],
    host: env['POSTGRES_HOST'],
    port: Number(env['POSTGRES_PORT']),
    database: env['POSTGRES_DB'],
    ssl: tlsBy(env['POSTGRES_SSL']),
  }),
  async prepare(client) {
    await inTransaction(client, [
      'create table if not exists cursors (id serial primary key, position jsonb not null)',
      `insert into cursors (position) values ('{"x": 1, "y": 2}')`,
    ])
  },
})
