// The shop: counts its visitors in Postgres.
import { createServer } from 'node:http'
import { createPool } from './database.js'

const pool = createPool()
await pool.query('create table if not exists visit (at timestamptz not null default now())')

const server = createServer((_request, response) => {
  visit().then(
    (visits) => response.end(`Welcome. Visits so far: ${visits}\n`),
    (error) => {
      console.error(error)
      response.writeHead(503).end('The shop is closed for a moment.\n')
    },
  )
})
server.listen(Number(process.env.PORT ?? 8080), () => {
  console.log(`the shop is open on port ${server.address().port}`)
})

async function visit() {
  await pool.query('insert into visit default values')
  const { rows } = await pool.query('select count(*) as visits from visit')
  return rows[0].visits
}
