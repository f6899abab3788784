import { rm } from 'node:fs/promises'
import { AppError } from '../errors/app-error.ts'
import { fileError } from './file-errors.ts'
import { readText, writeAtomic } from './files.ts'
import { takeKernelLock, type KernelLock } from './kernel-lock.ts'
import { identify, isAlive, type ProcessIdentity } from './processes.ts'

/** Held until released or until this process dies; the kernel sees to the latter. */
export interface Lock {
  release(): Promise<void>
}

/**
 * Takes the exclusive lock of `path` (a file of its own, created when missing) without waiting, and notes beside it, in
 * `<path>.holder`, who we are. Throws DAEMON_ALREADY_RUNNING with the holder's `pid` in the details when another process has it.
 */
export async function acquireLock(path: string): Promise<Lock> {
  const lock = take(path)
  const noteFile = holderFile(path)
  if (!lock) {
    const holder = await lockHolder(path)
    const who = holder ? `process ${holder.pid}` : 'another process'
    throw new AppError('DAEMON_ALREADY_RUNNING', `${who} holds ${path}`, {
      details: { path, ...(holder ? { pid: holder.pid } : {}) },
    })
  }
  try {
    await writeAtomic(noteFile, `${JSON.stringify(identify(process.pid))}\n`, { mode: 0o600 })
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    async release() {
      // The note goes first: once the lock is free, the next holder's note is there.
      await rm(noteFile, { force: true })
      lock.release()
    },
  }
}

/**
 * Who holds the lock, as its note says and if that process lives. Only for messages and for finding the holder: a holder of
 * this very moment may not have written its note yet.
 */
export async function lockHolder(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readText(holderFile(path))
  if (text === undefined) return undefined
  const { pid, startedAt } = JSON.parse(text) as Partial<ProcessIdentity>
  if (typeof pid !== 'number' || typeof startedAt !== 'string') return undefined
  return isAlive({ pid, startedAt }) ? { pid, startedAt } : undefined
}

function holderFile(path: string): string {
  return `${path}.holder`
}

function take(path: string): KernelLock | undefined {
  try {
    return takeKernelLock(path)
  } catch (error) {
    const cause = fileError(error, path)
    if (cause instanceof AppError) throw cause
    throw new AppError('HOME_UNUSABLE', `cannot use ${path} as a lock: ${String(error)}`, {
      details: { path },
      cause: error,
    })
  }
}
