// Says what the shop is connected to, and how.
import { createPool } from './database.js'

const pool = createPool()
const { rows } = await pool.query(`
  select current_user, current_database(), host(inet_server_addr()) as address, inet_server_port() as port,
         split_part(version(), ' on ', 1) as server, ssl.ssl, ssl.version as protocol, ssl.cipher
    from pg_stat_ssl ssl
   where ssl.pid = pg_backend_pid()`)
const [it] = rows
const transport = it.ssl ? `${it.protocol}, ${it.cipher}` : 'NOT ENCRYPTED'
console.log(`${it.server} at ${it.address}:${it.port}`)
console.log(`as ${it.current_user} in database ${it.current_database}, over ${transport}`)
await pool.end()
if (!it.ssl) process.exitCode = 1
