import { asLibpq, runApp } from './app.ts'

/** A notebook: a URL that it puts together itself, without percent-encoding, and a data frame written in one go. */
await runApp({
  settings: ({ DATABASE_HOST, POSTGRES_PASSWORD }) =>
    asLibpq(`postgresql://postgres:${POSTGRES_PASSWORD}@${DATABASE_HOST}:5432/postgres`),
  async prepare(client) {
    await client.query('drop table if exists frame')
    await client.query('create table frame (index bigint, value double precision)')
    await client.query('insert into frame select i, random() from generate_series(1, 1000) i')
    await client.query('create index on frame (index)')
    await client.query('analyze frame')
  },
})
