import { Client, escapeIdentifier, escapeLiteral, type ClientConfig } from 'pg'
import { from } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../errors/app-error.ts'
import { connectError, statementError } from './postgres-errors.ts'

/** Where and as whom to connect. Exactly one of `socketDirectory` and `host`. */
export interface ConnectOptions {
  /** Folder of the Unix socket. */
  readonly socketDirectory?: string | undefined
  readonly host?: string | undefined
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password?: string | undefined
  /** PEM text. With it the connection must be TLS, and the server's certificate must be by this authority and for `host`. */
  readonly tlsCa?: string | undefined
  /** What pg_stat_activity shows. */
  readonly applicationName: string
  readonly connectTimeoutMs?: number
  /** The server ends a statement that takes longer. Without: no limit. */
  readonly statementTimeoutMs?: number
  /** From the session's first statement on; they beat those of the database and of the role. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  readonly onNotice?: (notice: Notice) => void
}

export interface Notice {
  /** NOTICE, WARNING … */
  readonly severity: string
  readonly message: string
}

/** One connection, one statement at a time. Failures are SQL_FAILED; see {@link statementError} for the details. */
export interface Sql {
  /** Runs one statement and gives its rows as objects. int8 and numeric come as text, timestamps as Date. */
  query<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>
  /** Runs one or more statements, separated by semicolons, as one simple query; rows are dropped. */
  exec(text: string): Promise<void>
  /** Runs `COPY … FROM stdin` with this data, in the form that the statement names. */
  copyIn(text: string, data: string): Promise<void>
  /** Repeatable; never fails on a connection that is gone. */
  close(): Promise<void>
}

const opened = new Map<string, number>()

/** How many sessions this process ever began over the sockets in a folder: the server counts them with everyone's. */
export const sessionsOpened = (socketDirectory: string): number => opened.get(socketDirectory) ?? 0

/** Loopback answers in under a millisecond; only a server in trouble needs this long. */
const defaultConnectTimeoutMs = 10_000

/**
 * Connects to a Postgres server, with nothing taken from PG… variables or ~/.pgpass. Throws SQL_FAILED; `isNotReady(error)` says whether
 * the server may just not be up yet.
 */
export async function connect(options: ConnectOptions): Promise<Sql> {
  const client = new Client(clientConfig(options))
  // Without a listener a connection that breaks while idle would end the daemon; the next query reports it.
  client.on('error', () => {})
  client.on('notice', ({ severity, message }) =>
    options.onNotice?.({ severity: severity ?? 'NOTICE', message: message ?? '' }),
  )
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {
      // It never was a connection; the reason is the error already caught.
    })
    throw connectError(error, place(options))
  }
  const { socketDirectory } = options
  if (socketDirectory) opened.set(socketDirectory, sessionsOpened(socketDirectory) + 1)
  let closing: Promise<void> | undefined
  return {
    async query<T extends object>(text: string, values: readonly unknown[] = []) {
      try {
        const { rows } = await client.query<T>(text, [...values])
        return rows
      } catch (error) {
        throw statementError(error)
      }
    },
    async exec(text) {
      try {
        await client.query(text)
      } catch (error) {
        throw statementError(error)
      }
    },
    async copyIn(text, data) {
      try {
        await pipeline([data], client.query(from(text)))
      } catch (error) {
        throw statementError(error)
      }
    },
    close() {
      closing ??= client.end().catch(() => {
        // The server has gone first, which is what closing is for.
      })
      return closing
    },
  }
}

/** An identifier for SQL text: `"My ""table"""`. */
export function quoteIdentifier(name: string): string {
  return escapeIdentifier(name)
}

/** A string constant for SQL text, for statements that take no parameters: `'it''s'`. */
export function quoteLiteral(text: string): string {
  return escapeLiteral(text)
}

function place({ socketDirectory, host, port }: ConnectOptions): string {
  return socketDirectory === undefined ? `${host}:${port}` : `${socketDirectory}/.s.PGSQL.${port}`
}

/** As the server splits what it is given (pg_split_opts): at spaces, unless a backslash stands before. */
const option = ([name, value]: [string, string]): string =>
  `-c ${name}=${value.replaceAll(/[\\\s]/g, '\\$&')}`

function clientConfig(options: ConnectOptions): ClientConfig {
  const { socketDirectory, host, password, tlsCa, statementTimeoutMs, settings = {} } = options
  const address = socketDirectory ?? host
  if (address === undefined || (socketDirectory !== undefined && host !== undefined)) {
    throw new AppError('INTERNAL', 'connect needs either a socket directory or a host')
  }
  return {
    host: address,
    port: options.port,
    user: options.user,
    database: options.database,
    // A function, since pg would look for PGPASSWORD and ~/.pgpass when there is no password.
    password: () => password ?? '',
    // Given, even when empty or off, for the same reason: PGOPTIONS, PGSSLMODE, PGAPPNAME.
    options: ` ${Object.entries(settings).map(option).join(' ')}`,
    ssl:
      tlsCa === undefined ? false : { ca: tlsCa, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
  }
}
