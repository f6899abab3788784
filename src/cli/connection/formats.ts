import type { Connection } from '../../contract/api/instances.ts'
import { dotenvLine } from './dotenv-line.ts'

export const connectionFormats = ['url', 'env', 'jdbc', 'dsn', 'json'] as const
export type ConnectionFormat = (typeof connectionFormats)[number]

/** What stands where a password is hidden. */
export const mask = '****'

/** Every form checks the server's certificate and name against our CA. */
const sslmode = 'verify-full'

/** The connection with its password hidden; every format then shows `****`. */
export const masked = (connection: Connection): Connection => ({ ...connection, password: mask })

/** A connection as text of the format, each part quoted as that format wants it. */
export const formatConnection = (connection: Connection, format: ConnectionFormat): string =>
  writers[format](connection)

const writers: Readonly<Record<ConnectionFormat, (connection: Connection) => string>> = {
  url: connectionUrl,
  jdbc: jdbcUrl,
  dsn,
  env: envLines,
  json: (connection) => JSON.stringify(connectionJson(connection), null, 2),
}

function envLines(connection: Connection): string {
  const variables = { DATABASE_URL: connectionUrl(connection), ...libpqVariables(connection) }
  return Object.entries(variables)
    .map(([name, value]) => dotenvLine(name, value))
    .join('\n')
}

/** The stable shape of `url --json`. */
export const connectionJson = (connection: Connection): Record<string, string | number> => ({
  url: connectionUrl(connection),
  host: connection.endpoint.host,
  port: connection.endpoint.port,
  user: connection.user,
  password: connection.password,
  database: connection.database,
  sslmode,
  sslrootcert: connection.caFile,
})

/** A connection URI as libpq and most drivers read it. */
export function connectionUrl(connection: Connection): string {
  const { user, password, database, caFile } = connection
  const login = `${encode(user)}:${password === mask ? mask : encode(password)}`
  const query = `sslmode=${sslmode}&sslrootcert=${encodePath(caFile)}`
  return `postgresql://${login}@${authority(connection)}/${encode(database)}?${query}`
}

function jdbcUrl(connection: Connection): string {
  const { user, password, database, caFile } = connection
  const shown = password === mask ? mask : encode(password)
  const query = `user=${encode(user)}&password=${shown}&sslmode=${sslmode}&sslrootcert=${encodePath(caFile)}`
  return `jdbc:postgresql://${authority(connection)}/${encode(database)}?${query}`
}

function dsn(connection: Connection): string {
  const parts = {
    host: connection.endpoint.host,
    port: String(connection.endpoint.port),
    user: connection.user,
    password: connection.password,
    dbname: connection.database,
    sslmode,
    sslrootcert: connection.caFile,
  }
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${dsnValue(value)}`)
    .join(' ')
}

/** The environment that psql and every libpq program reads. */
export const libpqVariables = (connection: Connection): Record<string, string> => ({
  PGHOST: connection.endpoint.host,
  PGPORT: String(connection.endpoint.port),
  PGUSER: connection.user,
  PGPASSWORD: connection.password,
  PGDATABASE: connection.database,
  PGSSLMODE: sslmode,
  PGSSLROOTCERT: connection.caFile,
})

/** An IPv6 address stands in brackets (RFC 3986, 3.2.2). */
function authority({ endpoint }: Connection): string {
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  return `${host}:${endpoint.port}`
}

/** All but RFC 3986's unreserved characters; encodeURIComponent leaves five that shells and drivers trip over. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** A slash means nothing in a query, and a path stays readable. */
const encodePath = (path: string): string => encode(path).replaceAll('%2F', '/')

/** libpq, "Keyword/Value Connection Strings": quotes around an empty value or one with spaces, quotes or backslashes. */
const dsnValue = (value: string): string =>
  /^[^\s'\\]+$/.test(value) ? value : `'${value.replace(/['\\]/g, '\\$&')}'`
