import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { authority } from './authority.ts'
import { clock } from './clock.ts'
import { daemon } from './daemon.ts'
import { engines } from './engines.ts'
import type { Check, Examined, Finding } from './finding.ts'
import { home } from './home.ts'
import { instances } from './instances.ts'
import { secrets } from './secrets.ts'
import { state } from './state.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'howdah-doctor-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const look = async (check: Check, more: Partial<Examined> = {}): Promise<Finding> => {
  const down: Examined = { home: folder, env: {}, daemon: undefined, daemonError: undefined }
  const [first] = await check({ ...down, ...more })
  if (!first) throw new Error('the check found nothing to say')
  return first
}
const write = (path: string, text: string | Buffer, mode = 0o600): string => {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text, { mode })
  chmodSync(file, mode)
  return file
}

test('a home is fine when it can be written, and when it can still be made', async () => {
  expect(await look(home)).toMatchObject({ name: 'home', status: 'ok' })
  expect(await look(home, { home: join(folder, 'a', 'b') })).toMatchObject({ status: 'ok' })
})

test('a home that others can write, or that is a file, fails', async () => {
  chmodSync(folder, 0o777)
  expect(await look(home)).toMatchObject({ status: 'fail', whatNow: `chmod go-w ${folder}` })
  const file = write('file', '')
  expect(await look(home, { home: file })).toMatchObject({ status: 'fail' })
})

test('a daemon that is down is a warning with the end of its log, one that answers with an error a failure', async () => {
  write('log/daemon.log', 'first\nsecond\nthe last word\n')
  expect(await look(daemon)).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('the last word'),
  })
  const daemonError = new AppError('STORE_CORRUPT', 'state.db is damaged')
  expect(await look(daemon, { daemonError })).toMatchObject({
    status: 'fail',
    message: 'state.db is damaged',
    whatNow: daemonError.hint,
  })
})

test('a state file that is whole passes', async () => {
  expect(await look(state)).toMatchObject({ status: 'ok', message: 'nothing kept yet' })
  const file = write('state.db', '')
  const db = new DatabaseSync(file)
  db.exec('create table t (a)')
  db.close()
  expect(await look(state)).toMatchObject({ status: 'ok', message: `${file} is whole` })
})

test.each(['garbage that is long enough to be read as one', 'SQLite format 3\0 and no more'])(
  'a state file that is damaged fails with the way back: %j',
  async (text) => {
    write('state.db', text)
    expect(await look(state)).toMatchObject({
      status: 'fail',
      whatNow: expect.stringContaining('state-backups'),
    })
  },
)

test('a key that others can read fails', async () => {
  const file = write('keys/config.key', 'key', 0o644)
  expect(await look(secrets)).toMatchObject({ status: 'fail', whatNow: `chmod 600 ${file}` })
  chmodSync(file, 0o600)
  expect(await look(secrets)).toMatchObject({ status: 'ok' })
})

test('a certificate that cannot be read fails, none at all does not', async () => {
  expect(await look(authority)).toMatchObject({ status: 'ok', message: 'none yet' })
  write('ca/ca.crt', 'no certificate')
  expect(await look(authority)).toMatchObject({ status: 'fail' })
})

test('a state file from the future says that the clock went back', async () => {
  expect(await look(clock)).toMatchObject({ status: 'ok' })
  const tomorrow = new Date(Date.now() + 86_400_000)
  utimesSync(write('state.db', ''), tomorrow, tomorrow)
  expect(await look(clock)).toMatchObject({ status: 'warn' })
})

test('an engine whose binary is gone fails and says how to bring it back', async () => {
  const engine = { id: 'npm-16.14', kind: 'npm', major: 16, minor: 14, binDirectory: folder }
  const api = { listEngines: () => Promise.resolve({ installed: [engine], offers: [] }) }
  expect(await look(engines, asked(api))).toMatchObject({
    status: 'fail',
    whatNow: '`howdah engine install 16.14 --force`',
  })
})

test('an instance that counts as ready and does not answer fails, one that was stopped does not', async () => {
  const endpoint = { host: '127.0.0.1', port: 1 }
  const one = (state: string) => {
    const instance = { project: 'shop', service: 'db', state, endpoint, restarts: 0 }
    return look(instances, asked({ listInstances: () => Promise.resolve([instance]) }))
  }
  expect(await one('ready')).toMatchObject({ name: 'shop/db', status: 'fail' })
  expect(await one('stopped')).toMatchObject({ status: 'ok', message: 'stopped' })
  expect(await one('failed')).toMatchObject({ status: 'fail' })
})

const asked = (api: object): Partial<Examined> => ({
  daemon: { client: { api }, status: {} } as unknown as NonNullable<Examined['daemon']>,
})
