import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labIn, type Lab, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'
import { warmEngines } from '../support/lab/engines.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { faultsOf } from '../support/lab/soundness.ts'

const named = { project: 'shop', service: 'db' }
const isRoot = process.geteuid?.() === 0

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

/** A lab with shop/db, made by the command line, and rows in it. */
async function labWithRows(environment: readonly string[] = []) {
  const lab = await openLab()
  const folder = await composeFolder(lab, 'shop', { 'compose.yaml': composeText([], environment) })
  const howdah = (...args: string[]) => lab.howdah(['--json', ...args], { cwd: folder })
  expect(await howdah('up', '--yes')).toMatchObject({ status: 0 })
  const ledger = new Ledger()
  const client = await connectTo(lab, named)
  await ledger.create(client)
  await ledger.write(client, 5)
  await client.end()
  return { lab, howdah, ledger }
}

async function expectRows(lab: Lab, ledger: Ledger): Promise<void> {
  const client = await connectTo(lab, named)
  expect(await ledger.missingIn(client)).toEqual([])
  await client.end()
}

test('a wanted port that is taken on every address gives a free one instead', async () => {
  const taken = await listen('0.0.0.0', 0)
  const { port } = taken.address() as AddressInfo
  const { lab: home, ledger } = await labWithRows([`PGPORT: "${port}"`])
  await using lab = home
  const { endpoint, state } = await lab.api.getInstance(named)
  expect(state).toBe('ready')
  expect(endpoint.host).toBe('127.0.0.1')
  expect(endpoint.port).not.toBe(port)
  await expectRows(lab, ledger)
  taken.close()
})

test('a start on a port that was taken meanwhile names who has it, and works once it is free', async () => {
  const { lab: home, howdah, ledger } = await labWithRows()
  await using lab = home
  expect(await howdah('stop')).toMatchObject({ status: 0 })
  const { endpoint } = await lab.api.getInstance(named)
  const other = await listen(endpoint.host, endpoint.port)
  const error = errorOf(await howdah('start'))
  expect(error.code).toBe('PORT_IN_USE')
  expect(error.message).toContain(`(pid ${process.pid})`)
  other.close()
  await once(other, 'close')
  expect(await howdah('start')).toMatchObject({ status: 0 })
  await expectRows(lab, ledger)
  expect(await faultsOf(lab)).toEqual([])
})

test('data of another major version are refused and left as they are', async () => {
  const { lab: home, howdah, ledger } = await labWithRows()
  await using lab = home
  expect(await howdah('stop')).toMatchObject({ status: 0 })
  const { dataDirectory } = await lab.api.getInstance(named)
  const versionFile = join(dataDirectory, 'PG_VERSION')
  const before = await readFile(versionFile, 'utf8')
  await writeFile(versionFile, '15\n')
  const files = (await readdir(dataDirectory, { recursive: true })).sort()
  expect(errorOf(await howdah('start')).code).toBe('DATA_DIRECTORY_FOREIGN')
  expect(await readFile(versionFile, 'utf8')).toBe('15\n')
  expect((await readdir(dataDirectory, { recursive: true })).sort()).toEqual(files)
  await writeFile(versionFile, before)
  expect(await howdah('start')).toMatchObject({ status: 0 })
  await expectRows(lab, ledger)
})

test('data that are gone are an alarm and never made anew', async () => {
  const { lab: home, howdah, ledger } = await labWithRows()
  await using lab = home
  expect(await howdah('stop')).toMatchObject({ status: 0 })
  const { dataDirectory } = await lab.api.getInstance(named)
  const aside = join(lab.root, 'aside')
  await rename(dataDirectory, aside)
  expect(errorOf(await howdah('start')).code).toBe('DATA_DIRECTORY_MISSING')
  expect(await readdir(join(dataDirectory, '..'))).not.toContain('data')
  expect((await lab.api.getInstance(named)).state).toBe('failed')
  await rename(aside, dataDirectory)
  expect(await howdah('start')).toMatchObject({ status: 0 })
  await expectRows(lab, ledger)
  expect(await faultsOf(lab)).toEqual([])
})

test.skipIf(!isRoot || process.platform !== 'linux')(
  'a full file system is told, nothing is created, and with room again the same command works',
  async () => {
    await using outer = await openLab()
    const disk = join(outer.root, 'disk')
    await mkdir(disk)
    // Less than an empty cluster needs, more than the daemon's own files do.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=755', 'tmpfs', disk])
    try {
      await using lab = labIn(join(outer.root, 'inner'), join(disk, 'home'))
      await mkdir(lab.root)
      await mkdir(lab.home, { mode: 0o711 })
      await symlink(await warmEngines(), join(lab.home, 'engines'))
      const folder = await composeFolder(lab, 'shop', { 'compose.yaml': composeText() })
      const up = () => lab.howdah(['--json', 'up', '--yes'], { cwd: folder })
      const error = errorOf(await up())
      expect(error.code).toBe('DISK_FULL')
      expect(error.hint).toContain('Free space')
      expect(await lab.api.listInstances({})).toEqual([])
      expect(await faultsOf(lab)).toEqual([])
      execFileSync('mount', ['-o', 'remount,size=256m', disk])
      expect(await up()).toMatchObject({ status: 0 })
      expect(await faultsOf(lab)).toEqual([])
      await lab.api.stopDaemon({ instances: true })
    } finally {
      execFileSync('umount', ['--lazy', disk])
    }
  },
)

test('a home that cannot be written is told, and no daemon is left', async () => {
  await using lab = await openLab()
  const file = join(lab.root, 'a-file')
  await writeFile(file, '')
  const env = { HOWDAH_HOME: join(file, 'home') }
  const error = errorOf(await lab.howdah(['--json', 'ps', '--all'], { env }))
  expect(error.code).toBe('HOME_UNUSABLE')
})

test.skipIf(!isRoot)(
  'a home that the servers’ account cannot reach is told before anything is made',
  async () => {
    await using lab = await openLab()
    const closed = join(lab.root, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o700)
    const env = { HOWDAH_HOME: join(closed, 'home') }
    const folder = await composeFolder(lab, 'shop', { 'compose.yaml': composeText() })
    const { status, stdout } = await lab.howdah(['--json', 'up', '--yes'], { env, cwd: folder })
    expect(status).not.toBe(0)
    expect(stdout).toContain('HOME_UNUSABLE')
    expect(stdout).toContain(`cannot pass through ${closed}`)
    expect(await readdir(join(closed, 'home'))).not.toContain('instances')
  },
)
