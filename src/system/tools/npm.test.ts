import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findNpm, npmCandidates, npmPack, npmVersions, parseNpmFailure } from './npm.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-npm-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, text: string, mode = 0o755): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
  return file
}

/** A machine's npm: a link to a script, with a `node` beside it that can run it. */
function putNpm(): { bin: string; cli: string } {
  const cli = put('usr/lib/npm/bin/npm-cli.js', '')
  put('usr/bin/node', '#!/bin/sh\nexit 0\n')
  symlinkSync(cli, join(folder, 'usr/bin/npm'))
  return { bin: join(folder, 'usr/bin'), cli }
}

test('npm of PATH is run with our Node first, then the one that came with our Node, then as the machine would', async () => {
  const { bin, cli } = putNpm()
  const execPath = put('ours/bin/node', '')
  const bundled = put('ours/lib/node_modules/npm/bin/npm-cli.js', '')
  const path = `/nowhere:${bin}`
  expect(await npmCandidates(path, execPath)).toEqual([
    { program: execPath, args: [cli], path: `${dirname(execPath)}:${path}` },
    { program: execPath, args: [bundled], path: `${dirname(execPath)}:${path}` },
    { program: join(bin, 'node'), args: [cli], path },
    { program: join(bin, 'npm'), args: [], path: `${dirname(execPath)}:${path}` },
  ])
})

test('an npm that is no script of Node is run as it is', async () => {
  const npm = put('shims/npm', '#!/bin/sh\n')
  const candidates = await npmCandidates(dirname(npm), '/opt/node/bin/node')
  expect(candidates.map(({ program }) => program)).toEqual([npm])
})

test('an npm that breaks under our Node is run with the Node beside it', async () => {
  const { bin, cli } = putNpm()
  const ourNode = put('ours/bin/node', '#!/bin/sh\nexit 7\n')
  expect(await findNpm(bin, ourNode)).toEqual({
    program: join(bin, 'node'),
    args: [cli],
    path: bin,
  })
})

test('without any npm that works, what was tried is said', async () => {
  const broken = put('broken/npm', '#!/bin/sh\necho no >&2\nexit 3\n')
  await expect(findNpm(dirname(broken), '/opt/node/bin/node')).rejects.toMatchObject({
    code: 'COMMAND_NOT_FOUND',
    details: { attempts: [expect.stringMatching(/broken\/npm: exit code 3, no/)] },
  })
  await expect(findNpm('', '/opt/node/bin/node')).rejects.toMatchObject({
    details: { attempts: [] },
  })
})

test('npm’s own error object is read, with lines of others around it or without', () => {
  const json = JSON.stringify({ error: { code: 'ENOSPC', summary: 'no space', detail: '' } })
  const of = (stdout: string) => parseNpmFailure({ stdout, stderr: 'words', exitCode: 1 })
  expect(of(`> prepare\n${json}`)).toEqual({ code: 'ENOSPC', summary: 'no space', stderr: 'words' })
  expect(of('')).toEqual({
    code: 'EXIT_1',
    summary: 'npm ended with exit code 1',
    stderr: 'words',
  })
  expect(of('{"error": "text"}').code).toBe('EXIT_1')
})

test('a package with a single version, which npm gives as text, is a list of one', async () => {
  const program = put('one/npm', `#!/bin/sh\necho '"16.4.0-beta.1"'\n`)
  const npm = { program, args: [], path: '/usr/bin:/bin' }
  expect(await npmVersions(npm, 'any')).toEqual({ ok: true, value: ['16.4.0-beta.1'] })
})

test('an npm that says it packed and left no archive has failed', async () => {
  const program = put('one/npm', `#!/bin/sh\necho '[{"unpackedSize": 5}]'\n`)
  const npm = { program, args: [], path: '/usr/bin:/bin' }
  expect((await npmPack(npm, { directory: folder, spec: 'any@1' })).ok).toBe(false)
  put('any-1.tgz', '')
  expect(await npmPack(npm, { directory: folder, spec: 'any@1' })).toEqual({
    ok: true,
    value: { archive: join(folder, 'any-1.tgz'), unpackedBytes: 5 },
  })
  chmodSync(program, 0o644)
  await expect(npmPack(npm, { directory: folder, spec: 'any@1' })).rejects.toMatchObject({
    code: 'COMMAND_NOT_FOUND',
  })
})
