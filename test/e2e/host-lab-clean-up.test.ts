import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { down } from '../hosts/down.ts'
import { labNames } from '../hosts/lab-file.ts'
import { namespaceFile } from '../hosts/names.ts'
import { obstacles } from '../hosts/preflight.ts'
import { noTraces, tracesOf } from '../support/lab/host-traces.ts'
import { runFolder } from '../support/lab/run-folder.ts'
import { until } from '../support/lab/until.ts'

const [reason] = obstacles({ suite: 'host' })
const isCi = process.env['CI'] === 'true' && process.geteuid?.() === 0
if (reason && isCi) throw new Error(`CI must run these tests: ${reason}`)
const title = (what: string): string => (reason ? `${what} (skipped: ${reason})` : what)

const mainTs = fileURLToPath(new URL('../hosts/main.ts', import.meta.url))
const PING = ['ping', '-c', '1', '-W', '2']
/** Another run on this machine may have labs of its own. */
const nameOf = (what: string): string => `${what}${process.pid}`

describe.skipIf(reason)(title('what a lab leaves'), () => {
  beforeAll(() => {
    process.env['HOWDAH_LAB'] = join(runFolder(), 'labs-left')
    mkdirSync(process.env['HOWDAH_LAB'], { recursive: true })
  })
  /** For a test that failed half-way. */
  afterAll(async () => {
    for (const name of labNames()) await down(name)
  })

  const lab = async (...args: string[]) => {
    const child = spawn(process.execPath, [mainTs, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const [status] = (await once(child, 'close')) as [number | null]
    return { status, stdout }
  }
  const upArgs = (name: string) => ['up', '2', '--suite', 'host', '--disk', '400M', '--name', name]

  test('the command line brings a lab up twice with one result, and takes it down without a trace', async () => {
    const name = nameOf('cli')
    expect((await lab(...upArgs(name))).status).toBe(0)
    const read = async () =>
      (JSON.parse((await lab('ls', '--json')).stdout) as { hosts: { pid: number }[] }[])[0]?.hosts
    const pids = (await read())?.map(({ pid }) => pid)
    expect(pids).toHaveLength(2)
    expect((await lab(...upArgs(name))).status).toBe(0)
    expect((await read())?.map(({ pid }) => pid)).toEqual(pids)
    expect((await lab('up', '3', '--suite', 'host', '--name', name)).status).toBe(1)
    const inside = await lab('exec', 'h1', '--name', name, '--', 'sh', '-c', 'hostname; exit 7')
    expect(inside).toEqual({ status: 7, stdout: 'h1\n' })

    const there = tracesOf(name)
    expect(there['namespaces']).toHaveLength(4)
    expect(there['disks']).toHaveLength(4)
    expect(there['mounts']).not.toHaveLength(0)
    expect(there['groups']).not.toHaveLength(0)
    expect(there['processes']).not.toHaveLength(0)
    expect((await lab('down', '--name', name)).status).toBe(0)
    expect(tracesOf(name)).toEqual(noTraces)
    expect((await lab('down', '--name', name)).status).toBe(0)
  })

  test.each(['switch', 'h2'])(
    'a program that was killed while it made the namespace of %s leaves nothing that `down` does not take',
    async (moment) => {
      const name = nameOf(`k${moment}`)
      const child = spawn(process.execPath, [mainTs, ...upArgs(name)], { stdio: 'ignore' })
      await until(`the namespace of ${moment}`, () => existsSync(namespaceFile(name, moment)))
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(tracesOf(name)).not.toEqual(noTraces)
      expect((await lab('down', '--name', name)).status).toBe(0)
      expect(tracesOf(name)).toEqual(noTraces)
    },
  )

  test('a lab that lost its supervisors and a host is made whole by `up`', async () => {
    const name = nameOf('whole')
    await lab(...upArgs(name))
    const supervisors = execFileSync('pgrep', ['-f', `supervise.sh .*/${name}/h1`], {
      encoding: 'utf8',
    })
    for (const pid of supervisors.trim().split('\n')) process.kill(Number(pid), 'SIGKILL')
    await lab('kill', 'h2', '--name', name)
    expect((await lab(...upArgs(name))).status).toBe(0)
    expect((await lab('reboot', 'all', '--name', name)).status).toBe(0)
    const ping = ['exec', 'h1', '--name', name, '--', ...PING, 'h2']
    expect((await lab(...ping)).status).toBe(0)
    await lab('down', '--all')
    expect(tracesOf(name)).toEqual(noTraces)
  })

  test('files of another program in the labs’ folder stay', async () => {
    const other = join(process.env['HOWDAH_LAB'] ?? '', 'notes.txt')
    writeFileSync(other, 'mine')
    await lab('down', '--all')
    expect(readFileSync(other, 'utf8')).toBe('mine')
  })
})
