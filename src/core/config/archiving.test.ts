import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { archivingSettings, restoreCommand } from './archiving.ts'

test('a server with the library archives by it, and by no command beside it', () => {
  for (const major of [15, 18]) {
    const settings = archivingSettings({ major, features: ['basic_archive'], incoming: '/a b/in' })
    expect(settings).toEqual({
      archive_library: 'basic_archive',
      'basic_archive.archive_directory': '/a b/in',
      archive_command: '',
    })
  }
})

test('without the library, before there were any, and for a path too long for it, a command does', () => {
  const settings = (major: number, features: string[], incoming = '/in') =>
    archivingSettings({ major, features, incoming })
  expect(settings(16, ['icu'])['archive_library']).toBe('')
  expect(settings(14, ['basic_archive'])).not.toHaveProperty('archive_library')
  expect(settings(16, ['basic_archive'], `/${'ü'.repeat(500)}`)['archive_library']).toBe('')
  for (const set of [settings(16, ['icu']), settings(14, ['basic_archive'])]) {
    expect(set['archive_command']).toContain(`'/in'`)
  }
})

test('until 15, which cuts it, the command fits with the longest names of files, or the home is refused', () => {
  const longest = (incoming: string): number =>
    Buffer.byteLength(
      (archivingSettings({ major: 14, features: [], incoming })['archive_command'] ?? '')
        .replaceAll('%p', 'pg_wal/000000010000000000000002.00000028.backup')
        .replaceAll('%f', '000000010000000000000002.00000028.backup'),
    )
  expect(longest(`/${'home/'.repeat(100)}`)).toBeLessThan(1024)
  expect(() => longest(`/${'home/'.repeat(150)}`)).toThrow(
    expect.objectContaining({ code: 'HOME_UNUSABLE' }),
  )
})

/** What the server makes of a command: `%%` is a percent sign. */
const fill = (command: string, places: Record<string, string>): string =>
  command.replaceAll(/%(.)/g, (_, place: string) => (place === '%' ? '%' : (places[place] ?? '?')))

const name = '000000010000000000000007'
const busybox = spawnSync('busybox', ['true']).status === 0

/** `tools` alone stand in PATH, as links to busybox. */
const shells = [
  { shell: '/bin/sh', tools: undefined },
  ...(busybox ? [{ shell: 'busybox', tools: ['sh', 'dd', 'cmp', 'mv', 'sync', 'test'] }] : []),
]

test.skipIf(process.env['CI'] !== 'true' && !busybox)('busybox is here to be tried', () => {
  expect(busybox).toBe(true)
})

describe.each(shells)('the command, run by $shell', ({ tools }) => {
  function place() {
    const folder = mkdtempSync(join(tmpdir(), 'howdah-test-archiving-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const incoming = join(folder, `it's 100%f "in" $HOME`)
    const data = join(folder, 'data')
    mkdirSync(incoming)
    mkdirSync(join(data, 'pg_wal'), { recursive: true })
    const { archive_command: command = '' } = archivingSettings({
      major: 14,
      features: [],
      incoming,
    })
    let path = process.env['PATH'] ?? ''
    if (tools) {
      path = join(folder, 'bin')
      mkdirSync(path)
      const which = spawnSync('sh', ['-c', 'command -v busybox'], {
        encoding: 'utf8',
      }).stdout.trim()
      for (const tool of tools) spawnSync('ln', ['-s', which, join(path, tool)])
    }
    const source = join(data, 'pg_wal', name)
    const run = () => {
      const filled = fill(command, { p: `pg_wal/${name}`, f: name })
      const sh = tools ? join(path, 'sh') : '/bin/sh'
      return spawnSync(sh, ['-c', filled], { cwd: data, env: { PATH: path }, encoding: 'utf8' })
    }
    return { folder, incoming, source, run, path }
  }

  test('a file arrives whole, and once more is success', () => {
    const { incoming, source, run } = place()
    const content = Buffer.alloc(3_000_001, 'wal')
    writeFileSync(source, content)
    expect(run()).toMatchObject({ status: 0, stderr: expect.not.stringContaining('rror') })
    expect(readFileSync(join(incoming, name)).equals(content)).toBe(true)
    expect(run().status).toBe(0)
    expect(readdirSync(incoming)).toEqual([name])
  })

  test('another content of that name is left as it is, and the command fails', () => {
    const { incoming, source, run } = place()
    writeFileSync(join(incoming, name), 'first')
    writeFileSync(source, 'other')
    expect(run().status).toBe(1)
    expect(readFileSync(join(incoming, name), 'utf8')).toBe('first')
    expect(readdirSync(incoming)).toEqual([name])
  })

  test('what an interrupted copy left is written over', () => {
    const { incoming, source, run } = place()
    writeFileSync(join(incoming, `.unfinished.${name}`), 'a longer text than the file has')
    writeFileSync(source, 'whole')
    expect(run().status).toBe(0)
    expect(readFileSync(join(incoming, name), 'utf8')).toBe('whole')
    expect(readdirSync(incoming)).toEqual([name])
  })

  test('no file to copy, and no folder to copy into, are failures that say why', () => {
    const { incoming, source, run } = place()
    expect(run()).toMatchObject({ status: expect.not.toSatisfy((n) => n === 0) })
    writeFileSync(source, 'whole')
    rmSync(incoming, { recursive: true })
    const { status, stderr } = run()
    expect(status).not.toBe(0)
    expect(stderr).toMatch(/No such file|nonexistent/)
  })
})

test('where dd cannot flush one file, the machine is flushed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-archiving-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const bin = join(folder, 'bin')
  for (const path of [bin, join(folder, 'in')]) mkdirSync(path)
  const say = `echo "$0 $*" >> '${folder}/calls'`
  const oldDd = `#!/bin/sh\ncase "$*" in *conv=fsync*) echo "dd: unknown conversion fsync" >&2; exit 1;; esac\nexec /bin/dd "$@"\n`
  writeFileSync(join(bin, 'dd'), oldDd, { mode: 0o755 })
  writeFileSync(join(bin, 'sync'), `#!/bin/sh\n${say}\n`, { mode: 0o755 })
  writeFileSync(join(folder, name), 'whole')
  const incoming = join(folder, 'in')
  const { archive_command: command = '' } = archivingSettings({ major: 14, features: [], incoming })
  const filled = fill(command, { p: name, f: name })
  const env = { PATH: [bin, process.env['PATH']].join(delimiter) }
  await promisify(execFile)('/bin/sh', ['-c', filled], { cwd: folder, env })
  expect(readFileSync(join(incoming, name), 'utf8')).toBe('whole')
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([
    `${bin}/sync `,
    `${bin}/sync ${incoming}`,
  ])
})

test('the command that fetches names its places as one word each, whatever is in them', () => {
  const command = restoreCommand({
    script: '/s h/fetch.sh',
    node: '/n o/node',
    program: `/it's/f.mjs`,
    wal: '/100%/wal',
    segmentBytes: 16_777_216,
  })
  const filled = fill(command, { p: 'pg_wal/RECOVERYXLOG', f: name })
  const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\n' ${filled}`], { encoding: 'utf8' })
  expect(stdout.trimEnd().split('\n')).toEqual([
    'sh',
    '/s h/fetch.sh',
    '../wal-ahead',
    '/n o/node',
    `/it's/f.mjs`,
    '/100%/wal',
    '16777216',
    name,
    'pg_wal/RECOVERYXLOG',
  ])
})
