import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalog, type ErrorCode } from '../../src/errors/catalog.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { type Lab, labIn, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'
import { warmEngines } from '../support/lab/engines.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const howdahJs = fileURLToPath(new URL('../../bin/howdah.js', import.meta.url))
const canMount = process.geteuid?.() === 0 && process.platform === 'linux'

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  for (const sizeBytes of [1 << 20, 4096]) {
    try {
      for (;;) await writeFile(path, Buffer.alloc(sizeBytes), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

test.skipIf(!canMount)(
  'a disk that is full for longer than a lease is renewed ends no daemon, and with room it works on',
  async () => {
    await using outer = await openLab()
    const disk = join(outer.root, 'disk')
    await mkdir(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m,mode=755', 'tmpfs', disk])
    try {
      // The log lies outside, where a full disk does not silence it.
      await using lab = labIn(join(outer.root, 'inner'), join(disk, 'home'))
      await mkdir(lab.root)
      await mkdir(lab.home, { mode: 0o711 })
      await symlink(await warmEngines(), join(lab.home, 'engines'))
      const daemon = await lab.startDaemon()
      await fill(join(disk, 'ballast'))
      await until('a lease that could not be renewed, nor a new one granted', async () => {
        const lines = (await readFile(lab.logFile, 'utf8')).split('\n')
        return (
          lines.filter((l) => l.includes('"msg":"worker"') && l.includes('DISK_FULL')).length > 2
        )
      })
      await rm(join(disk, 'ballast'))
      const folder = await composeFolder(lab, 'shop', { 'compose.yaml': composeText() })
      const up = await lab.howdah(['--json', 'up', '--yes'], { cwd: folder })
      expect(up).toMatchObject({ status: 0 })
      expect((await lab.api.getDaemon({})).pid).toBe(daemon.pid)
      expect(await faultsOf(lab)).toEqual([])
      await lab.api.stopDaemon({ instances: true })
      expect(await daemon.ended).toBe(0)
    } finally {
      execFileSync('umount', ['--lazy', disk])
    }
  },
)

const stateOf = (lab: Lab): string => join(lab.home, 'state.db')

test.each<[string, ErrorCode, (lab: Lab) => Promise<void>]>([
  [
    'a damaged state file',
    'STORE_CORRUPT',
    (lab) => writeFile(stateOf(lab), 'this was a database once\n'.repeat(500)),
  ],
  [
    'a document of a server without its form',
    'STORE_CORRUPT',
    async (lab) => {
      const store = openSqliteStore(stateOf(lab))
      await store.write([{ kind: 'put', key: 'members/shop/db/0', value: { port: 'none' } }])
      await store.close()
    },
  ],
  [
    'an operation without its form',
    'STORE_CORRUPT',
    async (lab) => {
      const store = openSqliteStore(stateOf(lab))
      await store.write([{ kind: 'put', key: 'operations/1', value: {} }])
      await store.close()
    },
  ],
  [
    'the state of a later version',
    'STORE_TOO_NEW',
    async (lab) => {
      await openSqliteStore(stateOf(lab)).close()
      const db = new DatabaseSync(stateOf(lab))
      db.exec('pragma user_version = 999')
      db.close()
    },
  ],
  [
    'a key that others may read',
    'CONFIG_KEY_UNREADABLE',
    async (lab) => {
      await mkdir(join(lab.home, 'keys'), { mode: 0o700 })
      await writeFile(join(lab.home, 'keys', 'config.key'), Buffer.alloc(32, 7))
      await chmod(join(lab.home, 'keys', 'config.key'), 0o644)
    },
  ],
  [
    'a state file that is a folder',
    'HOME_UNUSABLE',
    async (lab) => {
      await mkdir(stateOf(lab))
    },
  ],
])('a command that starts the daemon gives its own reason: %s', async (_, code, spoil) => {
  await using lab = await openLab()
  await spoil(lab)
  const result = await lab.howdah(['--json', 'ps', '--all'])
  const error = errorOf(result)
  expect(error).toMatchObject({ code, details: { logFile: join(lab.home, 'log', 'daemon.log') } })
  expect(error.hint).not.toContain('daemon.log')
  expect(result.status).toBe(catalog[code].exit)
  // No daemon is left: its lock is free for the next one.
  const again = await lab.howdah(['--json', 'daemon', 'run'])
  expect(again.status).toBe(catalog[code].exit)
})

test('a daemon that fails while it serves closes the API, frees the home, tells why and is gone', async () => {
  await using lab = await openLab()
  const running = lab.howdah(['--json', 'daemon', 'run'])
  await until('a daemon that answers', () => lab.api.getDaemon({}).catch(() => false))
  const db = new DatabaseSync(stateOf(lab), { timeout: 5000 })
  // The worker takes a new lease and reads all operations again.
  db.exec(`begin immediate;
    insert into entries values ('operations/1', '{}', 1, null);
    delete from entries where lease is not null;
    delete from leases;
    commit`)
  db.close()
  const { status, stdout } = await running
  expect(status).toBe(catalog.STORE_CORRUPT.exit)
  expect(stdout).toMatch(/"level":60.*"code":"STORE_CORRUPT"/)
  expect(await readdir(join(lab.home, 'run'))).toEqual(['daemon.lock'])
  // Nothing of it is in the way of the next.
  const again = await lab.howdah(['--json', 'daemon', 'run'])
  expect(again.status).toBe(catalog.STORE_CORRUPT.exit)
})

test.skipIf(process.platform !== 'linux')(
  'a log that nobody can write ends no daemon, and keeps none that ends',
  async () => {
    await using lab = await openLab()
    const env = { ...process.env, HOWDAH_HOME: lab.home }
    const full = openSync('/dev/full', 'w')
    const run = () =>
      spawn(process.execPath, [howdahJs, 'daemon', 'run'], {
        env,
        stdio: ['ignore', full, 'inherit'],
      })
    const daemon = run()
    const ended = once(daemon, 'exit')
    await until('a daemon that answers, or its end', async () => {
      if (daemon.exitCode !== null) return true
      return lab.api.getDaemon({}).then(
        () => true,
        () => false,
      )
    })
    const [status] = (await once(run(), 'exit')) as [number]
    expect(status).toBe(catalog.DAEMON_ALREADY_RUNNING.exit)
    daemon.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    closeSync(full)
  },
)
