import { describe, expect, test } from 'vitest'
import { readMemoryProject } from './memory-project.ts'
import { resolveEnvironment } from './resolve-environment.ts'

const password = 'p@ss/w:rd %&? \'"'
const encoded = encodeURIComponent(password)

const yaml = (text: string) => JSON.stringify(text)

function project(environment: Record<string, string | null>) {
  const lines = Object.entries(environment).map(([key, value]) => {
    return `      ${key}: ${value === null ? 'null' : yaml(value)}`
  })
  const database = (name: string) =>
    `  ${name}: {image: postgres:16, x-howdah-postgres: true, environment: {POSTGRES_PASSWORD: }}`
  const names = ['db', 'postgres', 'my-postgres', 'Mixed_Case']
  const text = ['services:', ...names.map(database), '  app:', '    image: app']
  const services = [...text, '    environment:', ...lines].join('\n')
  return readMemoryProject({ files: { 'compose.yaml': services } })
}

const hosts: Record<string, string> = {
  db: '127.0.0.2',
  postgres: '127.0.0.3',
  'my-postgres': '127.0.0.4',
  Mixed_Case: '127.0.0.5',
}
const config: Record<string, string> = {
  PW: password,
  MODE: 'require',
  HOSTNAME_: 'db',
  NAME: 'a b',
}

function resolved(environment: Record<string, string | null>, port = 5432) {
  return resolveEnvironment(project(environment), 'app', {
    config: (name) => config[name],
    endpoint: (service) => ({ host: hosts[service]!, port }),
  })
}

function value(key: string, text: string, port?: number) {
  return resolved({ [key]: text }, port).values[key]
}

describe('a managed host is replaced where it is a host', () => {
  test.each([
    ['postgres://u:p@db:5432/x', 'postgres://u:p@127.0.0.2:5432/x'],
    ['postgresql://u:p@db/x', 'postgresql://u:p@127.0.0.2/x'],
    [
      'postgres://postgres:postgres@postgres:5432/postgres',
      'postgres://postgres:postgres@127.0.0.3:5432/postgres',
    ],
    ['postgres://postgres:12345@postgres/postgres', 'postgres://postgres:12345@127.0.0.3/postgres'],
    ['postgres://db:5432@db:5432/db', 'postgres://db:5432@127.0.0.2:5432/db'],
    ['postgres://db', 'postgres://127.0.0.2'],
    ['postgres://db?sslmode=require', 'postgres://127.0.0.2?sslmode=require'],
    ['postgres://db/x?host=y', 'postgres://127.0.0.2/x?host=y'],
    ['postgres://u:p@db:5432/djangodatabase?', 'postgres://u:p@127.0.0.2:5432/djangodatabase?'],
    ['postgresql://u@db:5432,other:5433/x', 'postgresql://u@127.0.0.2:5432,other:5433/x'],
    ['postgresql://h1:1,db:2/x', 'postgresql://h1:1,127.0.0.2:5432/x'],
    ['postgresql:///x?host=db&port=5432', 'postgresql:///x?host=127.0.0.2&port=5432'],
    ['postgresql+asyncpg://u:p@db/x', 'postgresql+asyncpg://u:p@127.0.0.2/x'],
    ['ecto://u:p@db/x', 'ecto://u:p@127.0.0.2/x'],
    ['jdbc:postgresql://db:5432/x?user=u', 'jdbc:postgresql://127.0.0.2:5432/x?user=u'],
    ['jdbc:postgresql://db/x', 'jdbc:postgresql://127.0.0.2/x'],
    [
      'postgres://a@db/x,postgres://b@postgres/y',
      'postgres://a@127.0.0.2/x,postgres://b@127.0.0.3/y',
    ],
    ['postgres://a@db postgres://b@db', 'postgres://a@127.0.0.2 postgres://b@127.0.0.2'],
    ['{"url":"postgres://u:p@db/x"}', '{"url":"postgres://u:p@127.0.0.2/x"}'],
    ['postgres://u:p@my-postgres:5432/x', 'postgres://u:p@127.0.0.4:5432/x'],
    ['postgres://u:p@mixed_case/x', 'postgres://u:p@127.0.0.5/x'],
    ['postgres://u:a/b@db:5432/x', 'postgres://u:a/b@127.0.0.2:5432/x'],
    ['postgres://u:a#b@db/x', 'postgres://u:a#b@127.0.0.2/x'],
    ['postgres://u:a?b@db/x', 'postgres://u:a?b@127.0.0.2/x'],
    ['postgres://u:p@ss@db/x', 'postgres://u:p@ss@127.0.0.2/x'],
    ['host=db port=5432 user=postgres', 'host=127.0.0.2 port=5432 user=postgres'],
    ["host='db' port='5432' password='db db'", "host=127.0.0.2 port=5432 password='db db'"],
    ['dbname=db user=db host = db', 'dbname=db user=db host = 127.0.0.2'],
    ['hostaddr=db dbname=x', 'hostaddr=127.0.0.2 dbname=x'],
    ['host=db,other port=5432,5433', 'host=127.0.0.2,other port=5432,5433'],
    [
      'Host=db;Port=5432;Username=db;Password=db',
      'Host=127.0.0.2;Port=5432;Username=db;Password=db',
    ],
    ['Server=db;User Id=my user;Database=db;', 'Server=127.0.0.2;User Id=my user;Database=db;'],
    ['pgsql:host=db;port=5432;dbname=db', 'pgsql:host=127.0.0.2;port=5432;dbname=db'],
    ['db:5432', '127.0.0.2:5432'],
    ['db:5432/x', '127.0.0.2:5432/x'],
    ['db:5432,postgres:5432', '127.0.0.2:5432,127.0.0.3:5432'],
  ])('%s', (text, expected) => {
    expect(value('CONNECTION', text)).toBe(expected)
  })
})

describe('what is not a managed host stays', () => {
  test.each([
    'postgres://u:p@other-db:5432/db',
    'postgres://u:p@db.example.com/x',
    'postgres://u:p@not-postgres/x',
    'postgres://u:p@xmy-postgres/x',
    'https://example.com/db?db=db:5432',
    'http://example.com:8080/a@db',
    'redis://redis:6379/0',
    'user=db dbname=db',
    'host=other user=db',
    'postgres:12345',
    'postgres:secret',
    'the db is at db',
    'db',
    '',
  ])('%j', (text) => {
    expect(value('CONNECTION', text)).toBe(text)
  })
})

test.each([
  ['DB_HOST', '127.0.0.3'],
  ['PGHOST', '127.0.0.3'],
  ['HOST', '127.0.0.3'],
  ['POSTGRES_HOSTNAME', '127.0.0.3'],
  ['DB_POSTGRESDB_HOST', '127.0.0.3'],
  ['database__connection__host', '127.0.0.3'],
  ['dbHost', '127.0.0.3'],
  ['DB_SERVER', '127.0.0.3'],
  ['DB_ADDR', '127.0.0.3'],
  ['POSTGRES_USER', 'postgres'],
  ['POSTGRES_DB', 'postgres'],
  ['DB_CONNECTION', 'postgres'],
  ['DB_TYPE', 'postgres'],
  ['POSTGRES_PASSWORD', 'postgres'],
  ['GHOST_THING', 'postgres'],
])('a bare service name in %s becomes %s', (key, expected) => {
  expect(value(key, 'postgres')).toBe(expected)
})

test('a bare service name that could be a host but does not say so is left, with a note', () => {
  expect(resolved({ DATA: 'db' })).toMatchObject({
    values: { DATA: 'db' },
    notes: [{ message: expect.stringContaining('DATA_HOST') }],
  })
  expect(resolved({ POSTGRES_USER: 'postgres' }).notes).toEqual([])
})

describe('a port other than the usual one is put in as well', () => {
  test.each([
    ['postgres://u:p@db:5432/x', 'postgres://u:p@127.0.0.2:6000/x'],
    ['postgres://u:p@db/x', 'postgres://u:p@127.0.0.2:6000/x'],
    ['jdbc:postgresql://db/x', 'jdbc:postgresql://127.0.0.2:6000/x'],
    ['postgresql:///x?host=db', 'postgresql:///x?host=127.0.0.2&port=6000'],
    ['postgresql://db,other/x', 'postgresql://127.0.0.2:6000,other/x'],
    ['host=db user=u', 'host=127.0.0.2 user=u port=6000'],
    ['host=db port=5432', 'host=127.0.0.2 port=6000'],
    ['host=db,other', 'host=127.0.0.2,other port=6000,5432'],
    ['Host=db;Username=u', 'Host=127.0.0.2;Username=u;Port=6000'],
    ['db:5432', '127.0.0.2:6000'],
  ])('%s', (text, expected) => {
    expect(value('CONNECTION', text, 6000)).toBe(expected)
  })

  test.each([
    ['POSTGRES_HOST', 'POSTGRES_PORT'],
    ['PGHOST', 'PGPORT'],
    ['HOST', 'PORT'],
    ['DB_HOSTNAME', 'DB_PORT'],
    ['DATABASE_HOST_READ', 'DATABASE_PORT_READ'],
    ['dbHost', 'dbPort'],
    ['db_host', 'db_port'],
  ])('in %s and %s', (host, port) => {
    const environment = { [host]: 'db', [port]: '5432', OTHER_PORT: '5432' }
    expect(resolved(environment, 6000).values).toEqual({
      [host]: '127.0.0.2',
      [port]: '6000',
      OTHER_PORT: '5432',
    })
    expect(resolved(environment).values[port]).toBe('5432')
  })

  test('the application’s own port is not the database’s', () => {
    expect(resolved({ HOST: 'db', PORT: '3000' }, 6000).values['PORT']).toBe('3000')
  })

  test('with a note when no variable holds the port', () => {
    expect(resolved({ DB_HOST: 'db' }, 6000).notes).toMatchObject([
      { message: expect.stringContaining('add DB_PORT: 5432') },
    ])
    expect(resolved({ DB_HOST: 'db' }).notes).toEqual([])
  })
})

describe('config', () => {
  test.each([
    ['postgres://u:${PW}@db/x', `postgres://u:${encoded}@127.0.0.2/x`],
    ['postgres://${PW}:${PW}@db/${NAME}', `postgres://${encoded}:${encoded}@127.0.0.2/a%20b`],
    [
      'postgres://u:${PW}@db/x?sslmode=${MODE}',
      `postgres://u:${encoded}@127.0.0.2/x?sslmode=require`,
    ],
    ['jdbc:postgresql://db/x?password=${PW}', `jdbc:postgresql://127.0.0.2/x?password=${encoded}`],
    ['redis://:${PW}@redis/0', `redis://:${encoded}@redis/0`],
    ['https://example.com/${NAME}', 'https://example.com/a b'],
    ['pw is ${PW}', `pw is ${password}`],
    ['${PW}${PW}', password + password],
    ['host=db password=${MODE}', 'host=127.0.0.2 password=require'],
    ['host=db password=${PW}', String.raw`host=127.0.0.2 password='p@ss/w:rd %&? \'"'`],
    ["host=db password='${PW}'", String.raw`host=127.0.0.2 password='p@ss/w:rd %&? \'"'`],
    ['postgres://u:${HOSTNAME_}@${HOSTNAME_}/x', 'postgres://u:db@db/x'],
  ])('%s is put in as %s', (text, expected) => {
    expect(value('CONNECTION', text)).toBe(expected)
    expect(resolved({ CONNECTION: text }).sources['CONNECTION']).toBe('config (interpolated)')
  })

  test('a value that is wholly config is handed on to the letter', () => {
    expect(resolved({ PW: null, A: '${HOSTNAME_}', DB_HOST: '${HOSTNAME_}' })).toMatchObject({
      values: { PW: password, A: 'db', DB_HOST: 'db' },
      sources: { PW: 'config' },
      notes: [],
    })
  })

  test('a config of the variable’s own name beats a literal, with a note', () => {
    expect(resolved({ MODE: 'disable', NAME: 'x ${NO}' })).toEqual({
      values: { MODE: 'require', NAME: 'a b' },
      missing: [],
      sources: { MODE: 'config', NAME: 'config' },
      notes: [
        {
          message: 'service "app": environment variable(s) ["MODE" "NAME"] overridden by config',
          at: expect.anything(),
        },
      ],
    })
  })

  test('what is missing is named once, and its variables are left out', () => {
    expect(resolved({ A: 'x${NO}y${ALSO}', NO: null, B: 'b', C: '$NO' })).toMatchObject({
      values: { B: 'b' },
      missing: ['ALSO', 'NO'],
      sources: { A: 'config (interpolated)', NO: 'config', B: 'compose', C: 'config' },
    })
  })

  test('a value may hold the letters that stand for config inside', () => {
    const text = `\u{f0000}\${PW}\u{f0001}`
    expect(value('A', text)).toBe(`\u{f0000}${password}\u{f0001}`)
  })
})

test('a service that is not there is said to be so', () => {
  const lookup = { config: () => undefined, endpoint: () => undefined }
  expect(() => resolveEnvironment(project({}), 'nope', lookup)).toThrow('no service "nope"')
})

test('without an endpoint yet, names stay', () => {
  const lookup = { config: () => undefined, endpoint: () => undefined }
  const spec = project({ DB_HOST: 'db', URL: 'postgres://db/x' })
  expect(resolveEnvironment(spec, 'app', lookup).values).toEqual({
    DB_HOST: 'db',
    URL: 'postgres://db/x',
  })
})
