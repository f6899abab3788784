import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors/app-error.ts'
import { migrate } from './schema.ts'

/**
 * Opens the state file, or makes it. A file that SQLite does not find whole is refused with STORE_CORRUPT and left as
 * it is. The caller holds the home's lock, so no other process has the file open.
 */
export function openDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  // Ours alone, like the -wal and -shm that take its mode. The umask is the whole process's: nothing else runs yet.
  const umask = process.umask(0o077)
  try {
    if (existsSync(path)) examine(path)
    db = new DatabaseSync(path)
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    migrate(db, path)
    return db
  } catch (cause) {
    if (db?.isOpen) db.close()
    throw translate(path, cause)
  } finally {
    process.umask(umask)
  }
}

/** Read-only, because closing any other connection would move the write-ahead log into a damaged file. */
function examine(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = db.prepare('pragma quick_check').all() as { quick_check: string }[]
    const findings = rows.map((r) => r.quick_check).filter((text) => text !== 'ok')
    if (findings.length > 0) throw corrupt(path, findings)
  } finally {
    db.close()
  }
}

/** SQLite result codes, sqlite.org/rescode.html. */
const CORRUPT = 11
const NOT_A_DATABASE = 26
const FULL = 13
const CANNOT_OPEN = 14
const READ_ONLY = 8
const IO_ERROR = 10

/** A failure of SQLite as one of ours, told by its result code. */
export function translate(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const code = ((cause as { errcode?: number }).errcode ?? 0) & 0xff
  const text = cause instanceof Error ? cause.message : String(cause)
  switch (code) {
    case CORRUPT:
    case NOT_A_DATABASE:
      return corrupt(path, [text], cause)
    case FULL:
      return new AppError('DISK_FULL', `no space left to write ${path}`, { cause })
    case CANNOT_OPEN:
    case READ_ONLY:
    case IO_ERROR:
      return new AppError('HOME_UNUSABLE', `cannot use ${path}: ${text}`, { cause })
    default:
      return new AppError('INTERNAL', `state store: ${text}`, { cause })
  }
}

function corrupt(path: string, findings: string[], cause?: unknown): AppError {
  return new AppError('STORE_CORRUPT', `the state file ${path} is damaged: ${findings[0]}`, {
    details: { findings },
    cause,
  })
}
