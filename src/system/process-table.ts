import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { errnoOf } from './file-errors.ts'

/** What the kernel says of one process. `startedAt` is opaque: equal for as long as it is the same process, never afterwards. */
export interface ProcessEntry {
  readonly pid: number
  readonly ppid: number
  readonly startedAt: string
  /** Dead, but its parent has not asked for its exit status yet. */
  readonly zombie: boolean
}

export interface RunningProcess {
  readonly pid: number
  readonly ppid: number
  /** The command line as the process shows it. Kernel threads show none. On macOS it is split at spaces. */
  readonly args: readonly string[]
}

/** The process with this id, zombies included; undefined when there is none. */
export function readProcess(pid: number): ProcessEntry | undefined {
  return process.platform === 'linux' ? readLinux(pid) : readWithPs(pid)
}

/** The command line of one process; empty when it is gone, a kernel thread, or not ours to see. */
export function argsOf(pid: number): readonly string[] {
  if (process.platform !== 'linux') return listWithPs().find((p) => p.pid === pid)?.args ?? []
  const line = (readIfThere(`/proc/${pid}/cmdline`) ?? '').replace(/\0+$/, '')
  return line === '' ? [] : line.split('\0')
}

/** Every live process that we may see. */
export function listProcesses(): RunningProcess[] {
  return process.platform === 'linux' ? listLinux() : listWithPs()
}

/** The account that a process runs under; undefined when it has ended. */
export function ownerOf(pid: number): number | undefined {
  if (process.platform === 'linux') {
    return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid
  }
  try {
    return Number(execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }))
  } catch {
    return undefined // ps knows of no such process
  }
}

/** The live processes of this account and of our own: what the arguments of others' say may be a lie. */
export function processesOf(account: { readonly uid: number } | undefined): RunningProcess[] {
  const trusted = new Set([process.geteuid?.(), account?.uid])
  return listProcesses().filter(({ pid }) => trusted.has(ownerOf(pid) ?? -1))
}

/** The live processes that `pid` started itself. */
export function childrenOf(pid: number): RunningProcess[] {
  if (process.platform !== 'linux') return listWithPs().filter((p) => p.ppid === pid)
  // Their parents first: most of a machine's processes are nobody's concern, and their arguments cost a read each.
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? parseStat(readIfThere(`/proc/${name}/stat`) ?? '') : undefined
    return stat?.ppid === pid ? [{ pid: Number(name), ppid: pid, args: argsOf(Number(name)) }] : []
  })
}

/** The live processes that work in this folder. Linux alone can tell; elsewhere none. */
export function processesIn(directory: string): number[] {
  if (process.platform !== 'linux') return []
  return listLinuxPids().filter((pid) => workingFolder(pid) === directory)
}

const listLinuxPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** Undefined for a process that has ended, a zombie among them, and for one that is not ours to see. */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ESRCH' || errno === 'EACCES') return undefined
    throw error
  }
}

/** Reads `/proc/<pid>/stat` text (proc_pid_stat(5)). The command name may hold spaces and parentheses, so fields count from the last `)`. */
export function parseStat(
  text: string,
): { readonly state: string; readonly ppid: number; readonly startTicks: string } | undefined {
  // The first field after the parenthesis is number 3, the state; the start time is number 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, ppid] = fields
  const startTicks = fields[22 - 3]
  return state && ppid && startTicks ? { state, ppid: Number(ppid), startTicks } : undefined
}

let boot: string | undefined

function readLinux(pid: number): ProcessEntry | undefined {
  const stat = parseStat(readIfThere(`/proc/${pid}/stat`) ?? '')
  if (!stat) return undefined
  // Ticks count from boot, so only the boot's id makes them unique. It outlives us, and each running server is looked at often.
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return {
    pid,
    ppid: stat.ppid,
    startedAt: `${boot}:${stat.startTicks}`,
    zombie: stat.state === 'Z' || stat.state === 'X',
  }
}

function listLinux(): RunningProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((name) => {
    const stat = parseStat(readIfThere(`/proc/${name}/stat`) ?? '')
    if (!stat || stat.state === 'Z' || stat.state === 'X') return []
    return [{ pid: Number(name), ppid: stat.ppid, args: argsOf(Number(name)) }]
  })
}

/** A file of /proc; undefined when its process has ended, or hides it from us. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ESRCH' || errno === 'EACCES') return undefined
    throw error
  }
}

function readWithPs(pid: number): ProcessEntry | undefined {
  const [line] = ps(['-o', 'ppid=,stat=,lstart=', '-p', String(pid)])
  const [, ppid, state, startedAt] = /^\s*(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line ?? '') ?? []
  if (!ppid || !state || !startedAt) return undefined
  return { pid, ppid: Number(ppid), startedAt, zombie: state.startsWith('Z') }
}

function listWithPs(): RunningProcess[] {
  return ps(['-axo', 'pid=,ppid=,args=']).flatMap((line) => {
    const [, pid, ppid, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid && ppid && args !== undefined
      ? [{ pid: Number(pid), ppid: Number(ppid), args: args.trim().split(/\s+/) }]
      : []
  })
}

function ps(args: readonly string[]): string[] {
  try {
    // The start time is printed as local time in the user's language unless told otherwise.
    const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' }
    return execFileSync('ps', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line.trim() !== '')
  } catch (error) {
    // ps exits with 1 when no process has that id.
    if (error instanceof Error && 'status' in error && error.status === 1) return []
    throw error
  }
}
