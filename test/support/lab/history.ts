import type { Client } from 'pg'
import type { Lab } from '../lab-home.ts'
import { connectTo } from './ledger.ts'

/** A row with the moment of its commit, as the server's own commit log says it; kept outside of the database. */
export interface Committed {
  readonly n: number
  /** Microseconds since 1970. */
  readonly atMicros: bigint
  readonly xid: string
}

/** Settings without which a server does not remember when a transaction was committed. */
export const withHistory = { track_commit_timestamp: 'on' }

/** Writes rows all the time from several connections, with other tables' work between them, until it is stopped. */
export async function writeAllTheTime(
  lab: Lab,
  named: { project: string; service: string },
  writers: number,
) {
  const clients = await Promise.all(Array.from({ length: writers }, () => connectTo(lab, named)))
  const [first] = clients
  await first?.query(`
    create table history (n bigserial primary key, note text not null);
    create table noise (id integer primary key, value integer not null);
    insert into noise select n, 0 from generate_series(1, 1000) as n`)
  const end = new AbortController()
  const work = clients.map(async (client, i) => {
    for (let round = 0; !end.signal.aborted; round++) {
      await client.query('insert into history (note) values ($1)', [`${i}/${round}`])
      const id = ((round * 7 + i * 131) % 1000) + 1
      await client.query('update noise set value = value + 1 where id = $1', [id])
    }
  })
  // Who stops it is told; a test that failed before that has its own reason.
  for (const writer of work) writer.catch(() => {})
  return {
    async stop(): Promise<void> {
      end.abort()
      await Promise.all(work)
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}

/** Every row with its commit, in the order of the commits. */
export async function committedIn(client: Client): Promise<Committed[]> {
  const { rows } = await client.query<{ n: string; micros: string; xid: string }>(`
    select n::text, xmin::text as xid,
      (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text as micros
    from history order by pg_xact_commit_timestamp(xmin)`)
  return rows.map(({ n, micros, xid }) => ({ n: Number(n), atMicros: BigInt(micros), xid }))
}

/** The rows that a server has. */
export async function rowsIn(client: Client): Promise<number[]> {
  const { rows } = await client.query<{ n: string }>(
    'select n::text from history order by history.n',
  )
  return rows.map(({ n }) => Number(n))
}

/** `2026-11-20T15:03:12.123456Z` */
export function instantOf(micros: bigint): string {
  const seconds = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(micros % 1_000_000n).padStart(6, '0')}Z`
}

/**
 * A moment between two commits that no commit is near: two at once may be in the WAL in another order than their clocks.
 * `from` 0 to 1 says where in the history to look.
 */
export function quietMoment(history: readonly Committed[], from: number): bigint {
  const begin = Math.floor(from * (history.length - 2))
  for (let i = 0; i < history.length - 1; i++) {
    const at = (begin + i) % (history.length - 1)
    const [a, b] = [history[at], history[at + 1]]
    if (a && b && b.atMicros - a.atMicros > 400n) return (a.atMicros + b.atMicros) / 2n
  }
  throw new Error('no moment of the history is quiet')
}
