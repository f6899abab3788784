import { readFile } from 'node:fs/promises'
import { Client, type Submittable } from 'pg'
import type { Outcome } from './outcome.ts'
import { type Exchange, SimpleQuery } from './simple-query.ts'

export interface SqlTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Empty: the role needs none. */
  readonly password: string
  readonly database: string
  readonly caFile: string
}

export interface Notice {
  readonly severity: string
  readonly message: string
  readonly detail: string | undefined
  readonly hint: string | undefined
}

/** One connection. */
export interface Session extends AsyncDisposable {
  /** Runs a text of one or more statements as one message. Rejects with pg's DatabaseError. */
  execute(sql: string, exchange: Exchange): Promise<Outcome[]>
}

const connectWithinMs = 15_000

/** Connects over TLS and checks the server's certificate and address against the CA. Rejects with pg's own error. */
export async function openSession(
  target: SqlTarget,
  onNotice: (notice: Notice) => void,
): Promise<Session> {
  const { host, port, user, password, database, caFile } = target
  const client = new Client({
    host,
    port,
    user,
    password,
    database,
    application_name: 'howdah psql',
    connectionTimeoutMillis: connectWithinMs,
    // With an address in place of a name, Node would compare the certificate with `localhost`.
    ssl: { ca: await readFile(caFile, 'utf8'), host },
  })
  client.on('notice', ({ severity, message, detail, hint }) =>
    onNotice({ severity: severity ?? 'NOTICE', message: message ?? '', detail, hint }),
  )
  // A connection that breaks while a statement runs rejects that statement; nobody waits for it at other times.
  client.on('error', () => undefined)
  await client.connect()
  return {
    execute(sql, exchange) {
      const query = new SimpleQuery(sql, exchange)
      // pg calls `submit` with its own connection; its types show no more of that than a bare emitter.
      client.query(query as unknown as Submittable)
      return query.done
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
