import { Client, type ClientConfig } from 'pg'

/** An application as far as its database sees it. */
interface App {
  /** Connects with the variables that the application itself reads, in the way of its driver. */
  readonly settings: (env: Readonly<Record<string, string | undefined>>) => ClientConfig
  /** What the application does in its database before it can serve. Repeatable. */
  readonly prepare: (client: Client, settings: ClientConfig) => Promise<void>
}

/** What an application found, printed as JSON. */
export interface Report {
  readonly user: string
  readonly database: string
  readonly ssl: boolean
  /** The services that wrote, in this run or an earlier one. */
  readonly wrote: readonly string[]
}

/**
 * `node APP.ts write SERVICE`: prepares, leaves a row in that service's name and reports. `node APP.ts read`: reports alone.
 */
export async function runApp({ settings, prepare }: App): Promise<void> {
  const [, , task, service] = process.argv
  const config = settings(process.env)
  const client = new Client(config)
  await client.connect()
  try {
    if (task === 'write') {
      await prepare(client, config)
      await client.query('create table if not exists wrote (service text primary key)')
      await client.query('insert into wrote values ($1) on conflict do nothing', [service])
    }
    const { rows } = await client.query<Report>(
      `select current_user as user, current_database() as database,
         (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as ssl,
         array(select service from wrote order by 1) as wrote`,
    )
    process.stdout.write(`${JSON.stringify(rows[0])}\n`)
  } finally {
    await client.end()
  }
}

/** A URL with libpq's meaning of `sslmode`: `prefer` when it has none, and `require` checks no certificate. */
export function asLibpq(url: string | undefined): ClientConfig {
  if (!url) throw new Error('the URL is not set')
  const mode = url.includes('sslmode=') ? '' : '&sslmode=prefer'
  const join = url.includes('?') ? '&' : '?'
  return { connectionString: `${url}${join}uselibpqcompat=true${mode}` }
}

/** TLS as most Node samples have it: on or off by a variable, and no certificate is checked. */
export const tlsBy = (variable: string | undefined) =>
  variable === 'true' ? { rejectUnauthorized: false } : false

/** A notification that a second statement of the same session sends to it. */
export async function listenAndNotify(client: Client, channel: string): Promise<void> {
  const heard = new Promise<string | undefined>((resolve) => {
    client.once('notification', ({ payload }) => resolve(payload))
  })
  await client.query(`listen ${channel}`)
  await client.query('select pg_notify($1, $2)', [channel, 'ready'])
  if ((await heard) !== 'ready') throw new Error('another payload was heard')
}

/** Runs statements in one transaction. */
export async function inTransaction(client: Client, statements: readonly string[]): Promise<void> {
  for (const sql of ['begin', ...statements, 'commit']) await client.query(sql)
}
