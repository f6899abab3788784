import { expect, test } from 'vitest'
import type { Connection } from '../../contract/api/instances.ts'
import { connectionFormats, formatConnection, masked } from './formats.ts'

const plain: Connection = {
  endpoint: { host: '127.4.0.1', port: 5432 },
  user: 'postgres',
  database: 'app',
  password: 'Abc123',
  caFile: '/var/lib/howdah/ca/ca.crt',
}
const awkward: Connection = {
  endpoint: { host: '::1', port: 6000 },
  user: 'o’neil',
  database: 'my db/1',
  password: `p@ss:w/o?r#d%'\\ "$`,
  caFile: '/Users/me/Library/Application Support/howdah/ca.crt',
}

test.each([
  [
    'url',
    'postgresql://postgres:Abc123@127.4.0.1:5432/app?sslmode=verify-full&sslrootcert=/var/lib/howdah/ca/ca.crt',
  ],
  [
    'jdbc',
    'jdbc:postgresql://127.4.0.1:5432/app?user=postgres&password=Abc123&sslmode=verify-full&sslrootcert=/var/lib/howdah/ca/ca.crt',
  ],
  [
    'dsn',
    'host=127.4.0.1 port=5432 user=postgres password=Abc123 dbname=app sslmode=verify-full sslrootcert=/var/lib/howdah/ca/ca.crt',
  ],
] as const)('a plain connection as %s', (format, expected) => {
  expect(formatConnection(plain, format)).toBe(expected)
})

test('a URL gives every awkward part back when it is parsed', () => {
  const url = new URL(formatConnection(awkward, 'url'))
  expect(decodeURIComponent(url.username)).toBe(awkward.user)
  expect(decodeURIComponent(url.password)).toBe(awkward.password)
  expect(decodeURIComponent(url.pathname)).toBe('/my db/1')
  expect(url.hostname).toBe('[::1]')
  expect(url.searchParams.get('sslrootcert')).toBe(awkward.caFile)
})

test('a URL holds no character that a shell or an old URL parser reads otherwise', () => {
  expect(formatConnection(awkward, 'url')).not.toMatch(/['"\\ $#!()*]/)
})

test('a JDBC URL decodes to the awkward values', () => {
  const url = new URL(formatConnection(awkward, 'jdbc').replace('jdbc:', ''))
  expect(url.searchParams.get('user')).toBe(awkward.user)
  expect(url.searchParams.get('password')).toBe(awkward.password)
})

test('a DSN quotes what libpq would split, and escapes quotes and backslashes', () => {
  const text = formatConnection({ ...awkward, password: `a'b\\c d` }, 'dsn')
  expect(text).toContain(String.raw`password='a\'b\\c d'`)
  expect(text).toContain(`dbname='my db/1'`)
  expect(formatConnection({ ...plain, password: '' }, 'dsn')).toContain(`password='' `)
})

test('env has DATABASE_URL and the variables of libpq', () => {
  expect(formatConnection(plain, 'env').split('\n')).toEqual([
    `DATABASE_URL='postgresql://postgres:Abc123@127.4.0.1:5432/app?sslmode=verify-full&sslrootcert=/var/lib/howdah/ca/ca.crt'`,
    'PGHOST=127.4.0.1',
    'PGPORT=5432',
    'PGUSER=postgres',
    'PGPASSWORD=Abc123',
    'PGDATABASE=app',
    'PGSSLMODE=verify-full',
    'PGSSLROOTCERT=/var/lib/howdah/ca/ca.crt',
  ])
})

test.each(connectionFormats)('%s shows **** and nothing of a hidden password', (format) => {
  const text = formatConnection(masked({ ...plain, password: 'zebra' }), format)
  expect(text).toContain('****')
  expect(text).not.toContain('zebra')
})
