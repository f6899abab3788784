import { chmod, copyFile, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const named = { project: 'shop', service: 'db' }

/** Why a daemon does not start: what it said last. */
async function refusal(lab: Lab): Promise<{ status: number; text: string }> {
  const { status, stdout, stderr } = await lab.howdah(['--json', 'daemon', 'run'])
  return { status, text: stdout + stderr }
}

async function labWithRows() {
  const lab = await openLab()
  const daemon = await lab.startDaemon()
  await lab.finished(await lab.api.upProject(project('shop')))
  const ledger = new Ledger()
  const client = await connectTo(lab, named)
  await ledger.create(client)
  await ledger.write(client, 5)
  return { lab, daemon, ledger, client }
}

/** Overwrites the middle of a file, as a bad disk would. */
async function damage(path: string): Promise<void> {
  const { size } = await stat(path)
  await using file = await open(path, 'r+')
  await file.write(Buffer.alloc(Math.floor(size / 2), 0xa5), 0, undefined, Math.floor(size / 4))
  await file.sync()
}

test('a damaged state file is refused while the databases work on, and a copy put back brings all back', async () => {
  const { lab: home, daemon, ledger, client } = await labWithRows()
  await using lab = home
  await daemon.kill('SIGTERM')
  const backups = join(lab.home, 'state-backups')
  const [copy = '', ...others] = await readdir(backups)
  expect(others).toEqual([])

  const state = join(lab.home, 'state.db')
  await damage(state)
  const damaged = await readFile(state)
  const { status, text } = await refusal(lab)
  expect(status).toBe(74)
  expect(text).toContain('STORE_CORRUPT')
  expect(text).toContain('state-backups')
  expect((await readFile(state)).equals(damaged)).toBe(true)
  await ledger.write(client, 5)

  for (const name of ['state.db', 'state.db-wal', 'state.db-shm']) {
    await rm(join(lab.home, name), { force: true })
  }
  await copyFile(join(backups, copy), state)
  await lab.startDaemon()
  const adopted = await until('the adopted instance', async () => {
    const instance = await lab.api.getInstance(named)
    return instance.state === 'ready' && instance
  })
  expect(adopted.restarts).toBe(0)
  await ledger.write(client, 5)
  expect(await ledger.missingIn(client)).toEqual([])
  await client.end()
  expect(await faultsOf(lab)).toEqual([])
})

test('a key file that is missing or open to others is refused, and never replaced by a new one', async () => {
  const { lab: home, daemon, ledger, client } = await labWithRows()
  await using lab = home
  await daemon.kill('SIGTERM')
  const key = join(lab.home, 'keys', 'config.key')
  const aside = join(lab.root, 'aside.key')

  await chmod(key, 0o644)
  const open = await refusal(lab)
  expect(open.status).toBe(78)
  expect(open.text).toContain('CONFIG_KEY_UNREADABLE')
  expect(open.text).toContain(`chmod 600 ${key}`)
  await chmod(key, 0o600)

  await rename(key, aside)
  const missing = await refusal(lab)
  expect(missing.status).toBe(78)
  expect(missing.text).toContain('CONFIG_KEY_UNREADABLE')
  expect(await readdir(join(lab.home, 'keys'))).toEqual([])
  await ledger.write(client, 5)
  await client.end()

  await rename(aside, key)
  await lab.startDaemon()
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
})
