import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { argsOf } from '../../src/system/process-table.ts'
import { until } from '../support/lab/until.ts'
import { groupsOf } from './groups.ts'
import { type LabFile, hostOf } from './lab-file.ts'
import { EDGE, namespaceFile } from './names.ts'
import { hasOwnRoot } from './own-disk.ts'
import { Refusal } from './refusal.ts'

/** A host that runs: PID 1 of its namespaces, by the number that it has on this machine. */
export function initOf(lab: LabFile, host: string): number | undefined {
  return processesOf(lab.name, host).find((pid) => isInit(pid))
}

/** Whether a host has come up since it was booted last: its init has started what boots. */
export function isUp(lab: LabFile, host: string): boolean {
  const pid = initOf(lab, host)
  return pid !== undefined && hasBooted(lab, host, pid)
}

/** The init of a host that is up, through whose files and namespaces a host is worked on; a Refusal says what it is instead. */
export function neededInit(lab: LabFile, host: string): number {
  const pid = initOf(lab, hostOf(lab, host).name)
  if (pid === undefined) throw new Refusal(`${host} is off: \`lab boot ${host}\` turns it on`)
  if (!hasBooted(lab, host, pid)) throw new Refusal(`${host} is not up yet, or is going down`)
  return pid
}

/** The processes of a host, of `edge` or of `switch`: those that see its network. */
export function processesOf(labName: string, name: string): number[] {
  const file = namespaceFile(labName, name)
  if (!existsSync(file)) return []
  const own = `net:[${statSync(file).ino}]`
  // A name that leads to this machine's own network means no lab's, whatever made it.
  if (own === readlinkSync('/proc/self/ns/net')) return []
  return pids().filter((pid) => readQuietly(() => readlinkSync(`/proc/${pid}/ns/net`)) === own)
}

/** The programs outside that a lab, or a host of it, keeps: they name its folder. Not those that only look into it. */
export function keepersOf(folder: string): number[] {
  return pids().filter((pid) => {
    const args = argsOf(pid)
    const isKeeper = args.some((arg) => /\/test\/hosts\/.*\.(sh|pl|ts)$/.test(arg))
    return isKeeper && args.includes(folder) && pid !== process.pid
  })
}

/** Ends processes as SIGKILL does, and waits until they are gone. */
export async function endAll(what: string, find: () => number[]): Promise<void> {
  await until(`the end of ${what}`, () => {
    const found = find()
    for (const pid of found) killQuietly(pid)
    return found.length === 0
  })
}

/** The pid of a supervisor, delay line or proxy by its script and the folder it serves. */
export function keeperNamed(script: string, folder: string): number | undefined {
  return keepersOf(folder).find((pid) => argsOf(pid).some((arg) => arg.endsWith(`/${script}`)))
}

/** Everything that a lab runs, whatever is left of its files: by network, by control group, and by what it was told. */
export function processesOfLab(
  labName: string,
  folder: string,
  hosts: readonly string[],
): number[] {
  const places = [...hosts, EDGE]
  return [
    ...new Set([
      ...[...places, 'switch'].flatMap((name) => processesOf(labName, name)),
      ...[folder, ...places.map((name) => join(folder, name))].flatMap(keepersOf),
      ...places.flatMap((name) => groupsOf(labName, name)).flatMap(membersOf),
    ]),
  ].filter((pid) => pid !== process.pid)
}

const membersOf = (group: string): number[] =>
  (readQuietly(() => readFileSync(join(group, 'cgroup.procs'), 'utf8')) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

const hasBooted = (lab: LabFile, host: string, pid: number): boolean =>
  hasOwnRoot(lab, host, pid) && existsSync(`/proc/${pid}/root/run/howdah-lab/up`)

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** PID 1 in a namespace beneath ours. */
function isInit(pid: number): boolean {
  const status = readQuietly(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
  return /^NSpid:.*\s1$/m.test(status) && !/^State:\s*Z/m.test(status)
}

function readQuietly(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined // it ended since it was listed, which is no fault
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
