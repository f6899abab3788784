import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../src/system/ports.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

const COMPOSE = `services:
  db:
    image: postgres:16
    x-howdah-postgres: true
    environment:
      POSTGRES_PASSWORD:
`

/** A laptop: a folder with a compose file, a user's config folder, and no home that anything names. */
async function laptopBeside(lab: Lab) {
  const cwd = join(lab.root, 'shop')
  await mkdir(cwd)
  await writeFile(join(cwd, 'compose.yaml'), COMPOSE)
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
  const rows = await laptop.howdah(['psql', '-c', 'select 40 + 2 as n', '--json'])
  expect(rows.stdout).toContain('42')
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
