import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createEngines } from '../../src/engines/engines.ts'
import type { EngineSite } from '../../src/engines/survey.ts'
import { findAccount } from '../../src/system/account.ts'
import { runOk } from '../../src/system/run.ts'

/** A minor that is not the newest: it stays what it is. */
const wanted = { major: 16, minor: 4 }

/** As root the servers of these tests run as the one account that every system has. */
const account = process.geteuid?.() === 0 ? findAccount('nobody') : undefined

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-install-'))
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** Engines of a machine without any of its own. */
function siteIn(name: string): EngineSite {
  const log = { warn: () => undefined }
  return { enginesDirectory: join(folder, name), account, systemRoot: join(folder, 'none'), log }
}

const engineFolders = (name: string) =>
  readdirSync(join(folder, name)).filter((entry) => !entry.endsWith('.json'))

/** Takes the registry away, as a laptop in a train has it: every request is refused at once. */
function goOffline(): void {
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/')
  vi.stubEnv('npm_config_cache', join(folder, 'empty-cache'))
}

test('an engine from npm is installed, says its version and makes a data directory', async () => {
  const engines = createEngines(siteIn('fresh'))
  const engine = await engines.ensure(wanted)
  expect(engine).toMatchObject({ id: 'npm-16.4', kind: 'npm', major: 16, minor: 4 })
  expect(engine.extensions).toEqual(expect.arrayContaining(['plpgsql', 'pg_trgm', 'uuid-ossp']))
  expect(engine.extensions).not.toContain('plperl')
  expect(engine.features).toEqual(expect.arrayContaining(['icu', 'openssl']))

  const options = { account, code: 'ENGINE_BROKEN', cwd: '/' } as const
  const postgres = join(engine.binDirectory, 'postgres')
  expect((await runOk(postgres, ['--version'], options)).stdout).toContain('16.4')
  const parent = join(folder, 'data')
  mkdirSync(parent)
  if (account) chownSync(parent, account.uid, account.gid)
  const args = ['-D', join(parent, '16'), '-U', 'postgres', '-A', 'trust', '--no-sync']
  await runOk(join(engine.binDirectory, 'initdb'), args, options)
  // The catalogue answers, and a library of contrib finds its own libraries through the repaired links.
  const { stdout } = await runOk(postgres, ['--single', '-D', join(parent, '16'), 'postgres'], {
    ...options,
    input:
      'CREATE EXTENSION "uuid-ossp"\nCREATE EXTENSION xml2\nSELECT extname FROM pg_extension\n',
  })
  expect(stdout).toContain('extname = "uuid-ossp"')
  expect(stdout).toContain('extname = "xml2"')

  goOffline()
  expect(await createEngines(siteIn('fresh')).ensure(wanted)).toEqual(engine)
})

test('offline, an engine that is not here says what was tried and leaves nothing', async () => {
  goOffline()
  const engines = createEngines(siteIn('offline'))
  await expect(engines.ensure(wanted)).rejects.toMatchObject({
    code: 'ENGINE_DOWNLOAD_FAILED',
    details: { npmCode: 'ECONNREFUSED', stderr: expect.stringContaining('ECONNREFUSED') },
  })
  expect(await engines.installed()).toEqual([])
})

test('offline after the list was fetched, the download itself fails as clearly', async () => {
  const engines = createEngines(siteIn('halfway'))
  await engines.offers()
  goOffline()
  await expect(engines.ensure(wanted)).rejects.toMatchObject({
    code: 'ENGINE_DOWNLOAD_FAILED',
    details: { tried: expect.stringContaining('npm pack') },
  })
  expect(engineFolders('halfway')).toEqual([])
})

test('an install that is aborted while it unpacks leaves nothing', async () => {
  const stop = new AbortController()
  const engines = createEngines(siteIn('aborted'))
  const install = engines.ensure(wanted, {
    signal: stop.signal,
    onProgress: (line) => line.startsWith('Unpacking') && setTimeout(() => stop.abort(), 20),
  })
  await expect(install).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  expect(engineFolders('aborted')).toEqual([])
  expect(await engines.installed()).toEqual([])
})

test('an installer killed with -9 at any moment leaves nothing that looks installed, and the next clears up', async () => {
  const site = siteIn('killed')
  const engines = createEngines(site)
  await engines.offers()
  // In the middle of npm's work, of tar's, and before the last step.
  const moments = [
    ['Fetching', 300],
    ['Unpacking', 30],
    ['Checking', 0],
  ] as const
  for (const [line, afterMs] of moments) {
    const program = installer(site, line, afterMs)
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect(await once(child, 'exit'), line).toEqual([null, 'SIGKILL'])
    expect(await engines.installed(), line).toEqual([])
    expect(await engines.broken(), line).toEqual([])
    // More than one when a dead installer's tar still wrote while the next one cleared up.
    const left = engineFolders('killed')
    expect(left.length, line).toBeGreaterThan(0)
    expect(left.filter((name) => !name.startsWith('staging-'))).toEqual([])
  }
  expect((await engines.ensure(wanted)).id).toBe('npm-16.4')
  expect(engineFolders('killed')).toEqual(['npm-16.4'])
})

test('a cut-off binary is found out, and a forced install repairs it', async () => {
  const engines = createEngines(siteIn('fresh'))
  const { binDirectory } = await engines.ensure(wanted)
  truncateSync(join(binDirectory, 'postgres'), 1_000_000)
  await expect(engines.ensure(wanted)).rejects.toMatchObject({ code: 'ENGINE_BROKEN' })
  expect((await engines.broken()).map(({ id }) => id)).toEqual(['npm-16.4'])
  expect((await engines.install(wanted, { force: true })).id).toBe('npm-16.4')
  expect(await engines.broken()).toEqual([])
  expect(engineFolders('fresh')).toEqual(['npm-16.4'])
})

/** A program that installs, and kills itself so long after the progress says that a part begins. */
function installer(site: EngineSite, line: string, afterMs: number): string {
  const module = new URL('../../src/engines/engines.ts', import.meta.url).href
  const { enginesDirectory, systemRoot } = site
  return `
    import { createEngines } from ${JSON.stringify(module)}
    const site = ${JSON.stringify({ enginesDirectory, systemRoot, account })}
    const engines = createEngines({ ...site, log: { warn() {} } })
    const die = () => process.kill(process.pid, 'SIGKILL')
    const dieLater = () => (${afterMs} === 0 ? die() : setTimeout(die, ${afterMs}))
    const onProgress = (line) => line.startsWith('${line}') && dieLater()
    await engines.ensure(${JSON.stringify(wanted)}, { onProgress })
  `
}
