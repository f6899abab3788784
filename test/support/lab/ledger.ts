import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import type { Lab } from '../lab-home.ts'

interface Named {
  readonly project: string
  readonly service: string
}

/** A client's connection as an application makes it: over TCP, with TLS checked against our CA. */
export async function connectTo(lab: Lab, named: Named, database?: string): Promise<Client> {
  const c = await lab.api.getConnection(named)
  const client = new Client({
    host: c.endpoint.host,
    port: c.endpoint.port,
    user: c.user,
    password: c.password,
    database: database ?? c.database,
    ssl: { ca: readFileSync(c.caFile, 'utf8') },
  })
  client.on('error', () => undefined) // a killed server ends the connection; the query that fails says so
  await client.connect()
  return client
}

/** Rows that a server acknowledged, remembered outside of it. */
export class Ledger {
  readonly #acknowledged: number[] = []
  #next = 1

  async create(client: Client): Promise<void> {
    await client.query('create table ledger (n integer primary key)')
  }

  /** Writes rows, each its own transaction; a row counts once the server has said that it is committed. */
  async write(client: Client, rows: number): Promise<void> {
    for (let i = 0; i < rows; i++) {
      const n = this.#next++
      await client.query('insert into ledger values ($1)', [n])
      this.#acknowledged.push(n)
    }
  }

  /** The acknowledged rows that a server has lost. */
  async missingIn(client: Client): Promise<number[]> {
    const { rows } = await client.query<{ n: number }>('select n from ledger')
    const there = new Set(rows.map((row) => row.n))
    return this.#acknowledged.filter((n) => !there.has(n))
  }

  get size(): number {
    return this.#acknowledged.length
  }
}
