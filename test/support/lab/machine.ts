import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { leftoversIn } from '../../../scripts/leftovers.ts'
import { listProcesses, type RunningProcess } from '../../../src/system/process-table.ts'

/** Ends a process of a test's own as a power cut would. One that is gone already is fine. */
export function killHard(pid: number): void {
  // Zero means our own group, and a negative number another.
  if (pid <= 1) throw new Error(`${pid} is no process of a test`)
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // ESRCH is what was asked about
  }
}

/** What runs on a data directory: more than one would destroy it. */
export function postmastersOn(dataDirectory: string): RunningProcess[] {
  return listProcesses().filter(
    ({ args }) => /(?:^|\/)postgres$/.test(args[0] ?? '') && args.at(-1) === dataDirectory,
  )
}

/** The pid in a data directory's postmaster.pid. */
export const pidFileOf = (dataDirectory: string): number =>
  Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])

/** Processes of a folder that are neither these nor their children. */
export async function orphansIn(folder: string, known: readonly number[]): Promise<string[]> {
  const parents = new Map(listProcesses().map((p) => [p.pid, p.ppid]))
  const left = await leftoversIn(folder, 0)
  return left
    .filter(({ pid }) => !known.includes(pid) && !known.includes(parents.get(pid) ?? -1))
    .filter(({ pid }) => lives(pid))
    .map(({ pid, args }) => `${pid} ${args}`)
}
