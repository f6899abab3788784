import { readFileSync } from 'node:fs'
import { Pool } from 'pg'

/**
 * How to connect, from DATABASE_URL. With PGSSLROOTCERT (a CA's certificate) the server must prove that it is the
 * one the URL names, as libpq's sslmode=verify-full does; without it the connection is not encrypted.
 */
export function connectionOptions(env = process.env) {
  const url = new URL(env.DATABASE_URL)
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    // `host` is the name or address that the certificate must carry: pg passes it on to node:tls.
    ssl: env.PGSSLROOTCERT
      ? { ca: readFileSync(env.PGSSLROOTCERT, 'utf8'), host: url.hostname }
      : false,
  }
}

export const createPool = () => new Pool(connectionOptions())
