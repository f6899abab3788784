import { rm, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { listNames, readText } from '../files.ts'
import { argsOf, processesIn, readProcess } from '../process-table.ts'
import { readPostmasterFile } from './postmaster.ts'

export interface RunningServer {
  readonly pid: number
  /** To the second. */
  readonly startedAtMs: number
  readonly state: 'starting' | 'ready' | 'stopping'
}

/**
 * The server that runs on a data directory, or undefined. Its pid file alone proves nothing: it outlives a killed
 * server, and another program may have got the number since. So the process must be a postgres started for this folder.
 */
export async function findRunningServer(dataDirectory: string): Promise<RunningServer | undefined> {
  const file = await readPostmasterFile(dataDirectory)
  if (!file || !isServerOf(file.pid, dataDirectory)) return undefined
  // `standby` is a server that recovers without hot standby and lets nobody in; with it, that is `ready` too (postmaster.c).
  const state = file.status === 'ready' || file.status === 'stopping' ? file.status : 'starting'
  return { pid: file.pid, startedAtMs: file.startEpoch * 1000, state }
}

/**
 * Removes the pid file of a server that is gone. Postgres does so itself, but refuses to start when the number belongs
 * to any other live process, as it may after a reboot. True when there was one: the server did not end in order.
 */
export async function removeStalePidFile(dataDirectory: string): Promise<boolean> {
  const file = await readPostmasterFile(dataDirectory)
  if (!file || isServerOf(file.pid, dataDirectory)) return false
  await unlink(join(dataDirectory, 'postmaster.pid'))
  return true
}

/** Processes of a server whose postmaster was killed: each ends when it sees that, and no server starts before the last has. */
export const leftoversOf = (dataDirectory: string): number[] => processesIn(dataDirectory)

/**
 * Removes the lock files beside a server's sockets when that server is gone. As for the pid file: Postgres refuses to start while the
 * number in one is that of any live process, or of a dead one that nobody has reaped yet.
 */
export async function removeStaleSocketLocks(
  socketDirectory: string,
  dataDirectory: string,
): Promise<void> {
  const locks = (await listNames(socketDirectory)).filter((n) => /^\.s\.PGSQL\.\d+\.lock$/.test(n))
  for (const name of locks) {
    const path = join(socketDirectory, name)
    // The first line is the pid, with a minus sign for a server in single-user mode.
    const pid = Math.abs(Number.parseInt((await readText(path)) ?? '', 10))
    if (Number.isNaN(pid) || !isServerOf(pid, dataDirectory)) await rm(path, { force: true })
  }
}

function isServerOf(pid: number, dataDirectory: string): boolean {
  const entry = readProcess(pid)
  if (!entry || entry.zombie) return false
  const args = argsOf(pid)
  if (basename(args[0] ?? '') !== 'postgres') return false
  // Ours end with the folder; Patroni’s go on after it. Joined, because macOS gives the line split at spaces, and its data folder has one.
  return `${args.join(' ')} `.includes(`-D ${dataDirectory} `)
}
