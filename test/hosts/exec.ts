import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { proxyEnvironment } from './environment.ts'
import { groupsOf } from './groups.ts'
import type { LabFile } from './lab-file.ts'
import { EDGE, namespaceFile } from './names.ts'
import { neededInit } from './processes.ts'

export interface InsideOptions {
  /** Beside what the host's own processes find in their environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdio?: StdioOptions
}

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const JOIN_GROUPS = `while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done; shift; exec "$@"`
const AS_INIT = `. /etc/howdah-lab/environment; cd "$HOME"; exec "$@"`
const WITH_HOSTS = `mount --bind "$1" /etc/hosts && shift && exec "$@"`
/** Dies with whoever started it, as a command of a broken login does. */
const BOUND = ['setpriv', '--pdeathsig', 'KILL', '--']

/** Starts a command inside a host, as its root in its home, or in `edge`, as here but with the lab's network and names. */
export function startInside(
  lab: LabFile,
  place: string,
  command: readonly string[],
  { env = {}, stdio = 'pipe' }: InsideOptions = {},
): ChildProcess {
  const { inner, base } = place === EDGE ? inEdge(lab, command) : inHost(lab, place, command)
  const args = ['-c', JOIN_GROUPS, 'lab', ...groupsOf(lab.name, place), '--', ...inner]
  return spawn('/bin/sh', args, { stdio, env: { ...base, ...env } })
}

/** Runs such a command to its end. */
export async function runInside(
  lab: LabFile,
  place: string,
  command: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<Ended> {
  const child = startInside(lab, place, command, { env })
  const said = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  // A command that does not read its input may be gone before all of it is written.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status: status ?? -1, ...said }
}

interface Entry {
  readonly inner: string[]
  readonly base: Record<string, string | undefined>
}

function inHost(lab: LabFile, host: string, command: readonly string[]): Entry {
  const enter = ['nsenter', '--target', String(neededInit(lab, host)), '--root', '--wd']
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid']
  const inner = [...enter, ...spaces, ...BOUND, '/bin/sh', '-c', AS_INIT, 'sh', ...command]
  return { inner, base: { PATH: withSbin(), TERM: process.env['TERM'] } }
}

function inEdge(lab: LabFile, command: readonly string[]): Entry {
  const enter = ['nsenter', `--net=${namespaceFile(lab.name, EDGE)}`]
  const own = ['unshare', '--mount', '--propagation', 'slave', '/bin/sh', '-c', WITH_HOSTS, 'sh']
  const inner = [...enter, ...own, join(lab.folder, 'hosts'), ...BOUND, ...command]
  return { inner, base: { ...process.env, ...proxyEnvironment(lab), PATH: withSbin() } }
}

const withSbin = (): string => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
