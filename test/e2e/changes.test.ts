import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan } from '../../src/contract/plan.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

interface Compose {
  readonly service?: string
  readonly image?: string
  readonly memory?: string
  readonly environment?: Readonly<Record<string, string | null>>
  readonly settings?: Readonly<Record<string, string | number>>
  readonly tls?: string
}

/** JSON is YAML. */
function compose(wanted: Compose): string {
  const { service = 'db', image = 'postgres:16.13', memory = '128M', environment = {} } = wanted
  const { settings = {}, tls = 'optional' } = wanted
  const database = {
    image,
    mem_limit: memory,
    environment: { POSTGRES_USER: 'app', POSTGRES_PASSWORD: null, ...environment },
    'x-howdah-postgres': { settings, tls },
  }
  const app = {
    image: 'app',
    environment: { URL: `postgres://app:\${POSTGRES_PASSWORD}@${service}:5432/app` },
  }
  return JSON.stringify({ name: 'shop', services: { [service]: database, app } })
}

let lab: Lab
let shop: ProjectFolder
/** What compose says now; each test changes a part and leaves the rest. */
let now: Compose = {}

beforeAll(async () => {
  lab = await openLab()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': compose(now) })
})
afterAll(() => lab[Symbol.asyncDispose]())

function edit(change: Compose): void {
  now = { ...now, ...change }
  shop.write({ 'compose.yaml': compose(now) })
}

const instance = (service = 'db') => lab.api.getInstance({ project: 'shop', service })

const plan = () => shop.json<Plan>('plan')
const impacts = async () => (await plan()).actions.map(({ kind, impact }) => [kind, impact])

const connect = (service = 'db', database?: string) =>
  connectTo(lab, { project: 'shop', service }, database)

async function connectWith(password: string): Promise<Client> {
  const { endpoint } = await instance()
  const client = new Client({ ...endpoint, user: 'app', password, database: 'app' })
  await client.connect()
  return client
}

/** The first column of the first row, by a session of its own. */
async function ask(sql: string, service = 'db', database?: string): Promise<unknown> {
  const client = await connect(service, database)
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

test('a second up plans nothing and does nothing', async () => {
  await shop.howdah('config', 'set', 'POSTGRES_PASSWORD=first')
  await shop.howdah('up')
  await ask('create table kept as select 1 as n')
  const before = await instance()
  expect(before.version).toBe('16.13')
  expect((await plan()).actions).toEqual([])
  expect(await shop.json('up')).toMatchObject({ operation: null })
  expect(await instance()).toEqual({ ...before, dataBytes: expect.any(Number) })
})

test('a setting that a reload takes over needs no restart and no word', async () => {
  edit({ settings: { log_min_duration_statement: '777ms' } })
  expect(await impacts()).toEqual([['change-settings', 'reload']])
  const { pid } = await instance()
  const client = await connect()
  await shop.howdah('up')
  expect((await client.query('show log_min_duration_statement')).rows).toEqual([
    { log_min_duration_statement: '777ms' },
  ])
  await client.end()
  expect((await instance()).pid).toBe(pid)
  expect((await plan()).actions).toEqual([])
})

test('a setting that needs a restart wants --yes, and the server is another afterwards', async () => {
  edit({ settings: { max_connections: 61 } })
  expect(await impacts()).toEqual([['change-settings', 'restart']])
  const { pid } = await instance()
  expect((await shop.failure('up')).code).toBe('CONFIRMATION_REQUIRED')
  expect((await instance()).pid).toBe(pid)
  expect(await ask('show max_connections')).not.toBe('61')

  await shop.howdah('up', '--yes')
  expect((await instance()).pid).not.toBe(pid)
  expect(await ask('show max_connections')).toBe('61')
  // What was taken out of compose is back at its default.
  expect(await ask('show log_min_duration_statement')).not.toBe('777ms')
})

test('a value that Postgres does not take is refused with its words, and the server goes on as it was', async () => {
  const { pid } = await instance()
  edit({ settings: { max_connections: 61, work_mem: 'banana' } })
  const error = await shop.failure('up', '--yes')
  expect(error.code).toBe('SETTING_INVALID')
  expect(error.message).toContain('work_mem')
  expect(await ask('show max_connections')).toBe('61')
  expect((await instance()).pid).toBe(pid)
  edit({ settings: { max_connections: 61 } })
  expect((await plan()).actions).toEqual([])
})

test('more memory resizes the server', async () => {
  const before = await ask('show shared_buffers')
  edit({ memory: '256M' })
  const [action] = (await plan()).actions
  expect(action).toMatchObject({ kind: 'change-settings', impact: 'restart' })
  expect(action?.sentence).toContain('memory 128 MiB → 256 MiB')
  await shop.howdah('up', '--yes')
  expect(await ask('show shared_buffers')).not.toBe(before)
})

test('tls: required takes over at once and refuses a client without TLS', async () => {
  await (await connectWith('first')).end()
  edit({ tls: 'required' })
  expect(await impacts()).toEqual([['change-settings', 'reload']])
  await shop.howdah('up')
  await expect(connectWith('first')).rejects.toMatchObject({ code: '28000' })
  expect(await ask('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toBe(true)
  edit({ tls: 'optional' })
  await shop.howdah('up')
})

test('another minor version is a restart on it, and back', async () => {
  for (const [image, version] of [
    ['postgres:16.14', '16.14'],
    ['postgres:16.13', '16.13'],
  ] as const) {
    edit({ image })
    expect(await impacts()).toEqual([['change-engine', 'restart']])
    await shop.howdah('up', '--yes')
    expect(await ask('show server_version')).toBe(version)
    expect((await instance()).version).toBe(version)
    expect(await ask('select n from kept')).toBe(1)
  }
  edit({ image: 'postgres:16' }) // names no minor, so the one that runs is kept
  expect((await plan()).actions).toEqual([])
})

test('a new password counts for new connections; open ones and the server stay', async () => {
  const { pid } = await instance()
  const client = await connect()
  await shop.howdah('config', 'set', "POSTGRES_PASSWORD=sec'ond\\")
  expect(await impacts()).toEqual([['change-password', 'none']])
  await shop.howdah('up')
  expect((await client.query('select n from kept')).rows).toEqual([{ n: 1 }])
  await client.end()
  await expect(connectWith('first')).rejects.toMatchObject({ code: '28P01' })
  await (await connectWith("sec'ond\\")).end()
  expect((await instance()).pid).toBe(pid)
})

test('another POSTGRES_DB is a database more; the first stays', async () => {
  edit({ environment: { POSTGRES_DB: 'second' } })
  expect(await impacts()).toEqual([['create-database', 'none']])
  await shop.howdah('up')
  expect(await ask('select current_database()', 'db', 'second')).toBe('second')
  expect(await ask('select n from kept', 'db', 'app')).toBe(1)
  edit({ environment: {} })
  await shop.howdah('up')
})

test('PGPORT moves the server, and an app’s URL follows', async () => {
  edit({ environment: { PGPORT: '5439' } })
  expect(await impacts()).toEqual([['change-endpoint', 'restart']])
  await shop.howdah('up', '--yes')
  const { endpoint } = await instance()
  if (process.platform === 'linux') expect(endpoint.port).toBe(5439)
  const url = (await shop.howdah('run', 'app', '--', 'sh', '-c', 'printf %s "$URL"')).stdout
  expect(url).toContain(`@${endpoint.host}:`)
  edit({ environment: {} })
  await shop.howdah('up', '--yes')
})

test.each([
  ['a major version', { image: 'postgres:17' }, 'major version'],
  ['another user', { environment: { POSTGRES_USER: 'else' } }, 'the owner cannot be changed'],
])('%s is refused with the reason, and nothing of the rest is done', async (_, change, reason) => {
  const good = now
  const before = await instance()
  edit({ ...change, settings: { max_connections: 62 } })
  const error = await shop.failure('up', '--yes')
  expect(error.code).toBe('CHANGE_REFUSED')
  expect(error.message).toContain(reason)
  expect(await instance()).toEqual({ ...before, dataBytes: expect.any(Number) })
  expect(await ask('show max_connections')).toBe('61')
  edit(good)
  expect((await plan()).actions).toEqual([])
})

test('the mode is remembered, and goes from high availability to affordable by way of balanced', async () => {
  expect((await plan()).mode).toBe('affordable')
  await shop.howdah('up', '--mode', 'ha')
  expect(await plan()).toMatchObject({ mode: 'high_availability', actions: [] })
  const error = await shop.failure('up', '--mode', 'affordable')
  expect(error.code).toBe('CHANGE_REFUSED')
  expect(error.message).toContain('balanced')
  expect((await plan()).mode).toBe('high_availability')
  await shop.howdah('up', '--mode', 'balanced')
  await shop.howdah('up', '--mode', 'affordable')
  expect((await instance()).mode).toBe('affordable')
})

test('stop keeps the data, up and start bring it back, restart is another server', async () => {
  const states: (string | undefined)[] = []
  for (const command of ['stop', 'up', 'stop', 'start', 'restart']) {
    await shop.howdah(command)
    const { state, pid } = await instance()
    states.push(state)
    expect(pid === undefined).toBe(state === 'stopped')
  }
  expect(states).toEqual(['stopped', 'ready', 'stopped', 'ready', 'ready'])
  expect(await ask('select n from kept')).toBe(1)
})

test('changes to a stopped instance are made as it starts, and nobody is asked', async () => {
  await shop.howdah('stop')
  await shop.howdah('config', 'set', 'POSTGRES_PASSWORD=third')
  edit({ settings: { max_connections: 63 } })
  expect(await impacts()).toEqual([
    ['change-settings', 'none'],
    ['start-instance', 'none'],
    ['change-password', 'none'],
  ])
  await shop.howdah('up')
  await (await connectWith('third')).end()
  expect(await ask('show max_connections')).toBe('63')
  expect((await plan()).actions).toEqual([])
})

test('a renamed service is a new instance and says so; the old one is left until it is removed', async () => {
  edit({ service: 'db2' })
  const { actions, orphans, notes } = await plan()
  expect(actions.map(({ kind }) => kind)).toEqual(['create-instance'])
  expect(orphans).toEqual(['db'])
  const told = notes.map(({ message }) => message).join('\n')
  expect(told).toContain('“db2” is a new and empty instance')
  expect((await shop.howdah('plan')).stdout.split('`howdah down db`')).toHaveLength(2)
  await shop.howdah('up')
  expect((await instance('db')).state).toBe('ready')
  expect(await ask("select to_regclass('kept')", 'db2')).toBeNull()

  const unconfirmed = await shop.failure('down', 'db2')
  expect(unconfirmed.code).toBe('CONFIRMATION_REQUIRED')
  expect((await instance('db2')).state).toBe('ready')
  await shop.howdah('down', 'db2', '--yes', '--no-snapshot')
  const left = await lab.api.listInstances({})
  expect(left.map(({ service }) => service)).toEqual(['db'])
  edit({ service: 'db' })
})

test('production keeps a final snapshot of every cycle, and compose restores one', async () => {
  const names: string[] = []
  for (const n of [1, 2]) {
    await shop.howdah('up', '--mode', 'production')
    await ask(`create table cycle as select ${n} as n`)
    const { id } = await instance()
    // A stopped instance is protected as well.
    if (n === 2) await shop.howdah('stop')
    const down = await shop.json<{ snapshots: { name: string }[] }>('down', '--yes')
    names.push(...down.snapshots.map(({ name }) => name))
    expect(names.at(-1)).toBe(`shop-db-postgres-${id}-final-snapshot`)
  }
  expect(new Set(names).size).toBe(2)
  const listed = await shop.json<{ name: string }[]>('snapshot', 'ls')
  expect(listed.map(({ name }) => name).toSorted()).toEqual(names.toSorted())

  const [first = ''] = names
  const text = compose(now).replace('"tls"', `"from-snapshot": "${first}", "tls"`)
  shop.write({ 'compose.yaml': text })
  expect(await impacts()).toEqual([['restore-instance', 'none']])
  await shop.howdah('up')
  expect(await ask('select n from cycle')).toBe(1)
  expect((await plan()).actions).toEqual([])
})
