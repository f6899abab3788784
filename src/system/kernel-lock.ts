import { DatabaseSync } from 'node:sqlite'
import { chmodSync } from 'node:fs'
import { errnoOf } from './file-errors.ts'

/** A lock that the kernel frees when its holder dies, however it dies. */
export interface KernelLock {
  release(): void
}

/** The primary result code of SQLITE_BUSY; an extended code has it in its low byte. */
const sqliteBusy = 5

/**
 * Takes the lock that the file at `path` stands for, created when missing: undefined when another process (or this one) still
 * holds it after `waitMs`, during which the event loop stands still. Node has no flock, so SQLite takes its POSIX lock for us.
 * Nothing else may open that file: closing any descriptor of it in this process would free the lock. Child processes do
 * not inherit it. Not for network file systems.
 */
export function takeKernelLock(path: string, waitMs = 0): KernelLock | undefined {
  const database = new DatabaseSync(path, { timeout: waitMs })
  try {
    chmodSync(path, 0o600)
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { release: () => database.close() }
}

function isBusy(error: unknown): boolean {
  if (errnoOf(error) !== 'ERR_SQLITE_ERROR') return false
  const { errcode } = error as { readonly errcode?: unknown }
  return typeof errcode === 'number' && (errcode & 0xff) === sqliteBusy
}
