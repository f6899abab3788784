import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { freePort } from '../../src/system/ports.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { repository } from '../support/started-command.ts'
import { until } from '../support/lab/until.ts'

const COMPOSE = `services:
  db:
    image: postgres:16
    x-howdah-postgres: true
    environment:
      POSTGRES_PASSWORD:
    volumes:
      - ./start.sql:/docker-entrypoint-initdb.d/start.sql
`

/** A laptop: a folder with a compose file, a user's config folder, and no home that anything names. */
async function laptopBeside(lab: Lab) {
  const cwd = join(lab.root, 'shop')
  await mkdir(cwd)
  await writeFile(join(cwd, 'compose.yaml'), COMPOSE)
  await writeFile(join(cwd, 'start.sql'), 'create table answers as select 42 as n;\n')
  const port = await freePort('127.0.0.1')
  const { fingerprint } = await lab.api.listen({ address: '127.0.0.1', port, names: [] })
  const config = join(lab.root, 'config')
  const env = {
    HOWDAH_HOME: '',
    XDG_CONFIG_HOME: config,
    XDG_DATA_HOME: join(lab.root, 'no-home'),
    HOME: lab.root,
  }
  return {
    url: `https://127.0.0.1:${port}`,
    fingerprint,
    cwd,
    env,
    contextsFile: join(config, 'howdah', 'contexts.json'),
    howdah: (args: string[], token?: string) =>
      lab.howdah(args, { cwd, env: { ...env, ...(token ? { HOWDAH_TOKEN: token } : {}) } }),
  }
}

test('after a login every command goes to the other daemon: up, psql, ps, logs, down', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const { secret } = await lab.api.createToken({ name: 'anna', role: 'operator' })
  const login = await laptop.howdah(
    ['login', laptop.url, '--name', 'far', '--fingerprint', `sha256:${laptop.fingerprint}`],
    secret,
  )
  expect(login).toMatchObject({ status: 0, stderr: '' })
  expect(login.stdout).toContain('“far”')
  expect((await stat(laptop.contextsFile)).mode & 0o777).toBe(0o600)

  expect((await laptop.howdah(['config', 'set', 'POSTGRES_PASSWORD=abc'])).status).toBe(0)
  expect(await laptop.howdah(['up', '--json'])).toMatchObject({ status: 0 })
  expect(await lab.api.listInstances({})).toMatchObject([{ project: 'shop', state: 'ready' }])
  const url = new URL((await laptop.howdah(['url', '--reveal'])).stdout)
  const authority = await readFile(url.searchParams.get('sslrootcert') ?? '', 'utf8')
  expect(authority).toBe(await readFile(join(lab.home, 'ca', 'ca.crt'), 'utf8'))
  const rows = await laptop.howdah(['psql', '-c', 'select n from answers', '--json'])
  expect(rows.stdout).toContain('42')
  // 127.x.y.z of the other machine is reached by a tunnel, whose end here has a name that the certificate has.
  const run = await laptop.howdah([
    'run',
    'db',
    '--',
    'sh',
    '-c',
    'echo $PGHOST; psql -Atc "select 7 * 6"',
  ])
  expect(run.stdout).toBe('localhost\n42\n')
  expect((await laptop.howdah(['logs', '-n', '1'])).stdout).toContain('LOG')
  expect((await laptop.howdah(['daemon', 'status', '--json'])).stdout).toContain(lab.home)
  expect((await laptop.howdah(['down', '--yes', '--no-snapshot'])).status).toBe(0)
  expect((await lab.api.listAudit({ limit: 100 })).map((e) => [e.who, e.what])).toEqual(
    expect.arrayContaining([
      ['anna', 'upProject'],
      ['anna', 'getConnection'],
      ['anna', 'downProject'],
    ]),
  )
})

test('what the machine alone can do is refused from elsewhere, and nothing is stopped', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const { secret } = await lab.api.createToken({ name: 'anna', role: 'admin' })
  await laptop.howdah(['login', laptop.url, '--fingerprint', laptop.fingerprint], secret)
  const stop = await laptop.howdah(['daemon', 'stop'])
  expect(stop.status).not.toBe(0)
  expect(stop.stderr).toContain('NOT_SUPPORTED')
  expect(await lab.api.getDaemon({})).toMatchObject({ home: lab.home })
})

test('an authority with another fingerprint, a wrong token and a stranger’s certificate are each refused by name', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const { secret } = await lab.api.createToken({ name: 'anna', role: 'viewer' })
  const other = await laptop.howdah(['login', laptop.url, '--fingerprint', '00'.repeat(32)], secret)
  expect(other.stderr).toContain('DAEMON_UNTRUSTED')
  const wrong = await laptop.howdah(
    ['login', laptop.url, '--fingerprint', laptop.fingerprint],
    'hwd_wrong',
  )
  expect(wrong.stderr).toContain('UNAUTHENTICATED')
  const unasked = await laptop.howdah(['login', laptop.url], secret)
  expect(unasked.stderr).toContain('CONFIRMATION_REQUIRED')
  const noFile = await laptop.howdah(['login', laptop.url, '--ca', 'none.pem'], secret)
  expect(noFile.stderr).toMatch(/--ca, .*none\.pem, cannot be read: it is not there[^]*USAGE/)
  const nobody = await laptop.howdah(['login', 'https://127.0.0.1:1'], secret)
  expect(nobody.stderr).toMatch(/howdah listen[^]*DAEMON_UNREACHABLE/)
  const port = await laptop.howdah(['--context', 'local', 'listen', '127.0.0.1:99999'])
  expect(port.stderr).toMatch(/127\.0\.0\.1:99999” is no address[^]*USAGE/)
  await expect(stat(laptop.contextsFile)).rejects.toMatchObject({ code: 'ENOENT' })

  await laptop.howdah(['login', laptop.url, '--fingerprint', laptop.fingerprint], secret)
  const kept = JSON.parse(await readFile(laptop.contextsFile, 'utf8')) as {
    contexts: Record<string, { ca: string }>
  }
  await using stranger = await openLab()
  await stranger.startDaemon()
  kept.contexts['127.0.0.1']!.ca = await readFile(join(stranger.home, 'ca', 'ca.crt'), 'utf8')
  await writeFile(laptop.contextsFile, JSON.stringify(kept))
  expect((await laptop.howdah(['ps'])).stderr).toContain('DAEMON_UNTRUSTED')
})

test('contexts are listed, chosen and forgotten, and one that is not there is named', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const { secret } = await lab.api.createToken({ name: 'anna', role: 'viewer' })
  await laptop.howdah(
    ['login', laptop.url, '--fingerprint', laptop.fingerprint, '--name', 'far'],
    secret,
  )
  const listed = async (): Promise<unknown> =>
    JSON.parse((await laptop.howdah(['context', 'ls', '--json'])).stdout)
  expect(await listed()).toMatchObject([
    { name: 'local', current: false },
    { name: 'far', url: laptop.url, current: true },
  ])
  expect((await laptop.howdah(['--context', 'near', 'ps'])).stderr).toContain('CONTEXT_NOT_FOUND')
  await laptop.howdah(['context', 'use', 'local'])
  expect(await listed()).toMatchObject([{ current: true }, { name: 'far', current: false }])
  expect((await laptop.howdah(['--context', 'far', 'events'])).status).toBe(0)
  await laptop.howdah(['context', 'rm', 'far'])
  expect(await listed()).toEqual([{ name: 'local', current: true }])
  expect((await laptop.howdah(['logout'])).stderr).toContain('nobody is logged in')
})

test('SQL of a start script runs no program of the daemon’s machine, unless an admin of all projects sent it', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const script = "create table seen (line text); copy seen from program 'id';\n"
  await writeFile(join(laptop.cwd, 'start.sql'), script)
  const logIn = async (name: string, role: 'developer' | 'admin') => {
    const projects = role === 'admin' ? {} : { projects: ['shop'] }
    const { secret } = await lab.api.createToken({ name, role, ...projects })
    const args = ['login', laptop.url, '--name', name, '--fingerprint', laptop.fingerprint]
    expect((await laptop.howdah(args, secret)).status).toBe(0)
  }
  await lab.api.setConfig({
    project: 'shop',
    values: { POSTGRES_PASSWORD: 'secret' },
    ifNotSet: false,
  })
  await logIn('ci', 'developer')
  const refused = await laptop.howdah(['up'])
  expect(refused.stderr).toContain('INIT_SCRIPT_FAILED')
  expect(refused.stderr).toContain('permission denied to COPY to or from an external program')
  await logIn('root', 'admin')
  expect(await laptop.howdah(['up'])).toMatchObject({ status: 0 })
})

test('a proxy carries connections until it is stopped, and a viewer’s are refused with the reason', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const laptop = await laptopBeside(lab)
  const { secret } = await lab.api.createToken({ name: 'anna', role: 'developer' })
  await laptop.howdah(['login', laptop.url, '--fingerprint', laptop.fingerprint], secret)
  await laptop.howdah(['config', 'set', 'POSTGRES_PASSWORD=abc'])
  expect((await laptop.howdah(['up'])).status).toBe(0)

  const port = await freePort('127.0.0.1')
  const proxy = spawn(
    process.execPath,
    [join(repository, 'bin/howdah.js'), 'proxy', '--port', String(port)],
    {
      cwd: laptop.cwd,
      env: { ...process.env, ...laptop.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  proxy.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await until('the proxy’s URL', () => said.includes(`localhost:${port}`))
  const client = new Client({
    host: 'localhost',
    port,
    user: 'postgres',
    password: 'abc',
    database: 'postgres',
    ssl: { ca: await readFile(join(lab.home, 'ca', 'ca.crt'), 'utf8') },
  })
  await client.connect()
  expect((await client.query('select 42 as n')).rows).toEqual([{ n: 42 }])
  await client.end()
  proxy.kill('SIGINT')
  expect(await once(proxy, 'exit')).toEqual([0, null])

  const { secret: other } = await lab.api.createToken({ name: 'bob', role: 'viewer' })
  await laptop.howdah(
    ['login', laptop.url, '--name', 'bob', '--fingerprint', laptop.fingerprint],
    other,
  )
  const refused = await laptop.howdah(['psql', '-c', 'select 1'])
  expect(refused.stderr).toContain('FORBIDDEN')
})
