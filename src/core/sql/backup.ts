import { ARCHIVE_BOTH_FILE } from '../config/archiving-both.ts'

export interface BackupCalls {
  readonly keepWal: string
  /** Has the server leave a statement when its client has gone; before 14 it notices at the statement's end. */
  readonly noticeEnd: string | undefined
  readonly start: string
  readonly stop: string
}

/**
 * The calls of the low-level backup API; version 15 renamed them (PostgreSQL manual, 26.3.3). With `spread` the checkpoint of the
 * start takes as long as a timed one, for `checkpoint_completion_target` of `checkpoint_timeout`; without, it is done as fast as it can be.
 */
export function backupCalls(major: number, spread = false): BackupCalls {
  const fast = spread ? 'false' : 'true'
  const start =
    major >= 15 ? `pg_backup_start('howdah', ${fast})` : `pg_start_backup('howdah', ${fast}, false)`
  const stop = major >= 15 ? 'pg_backup_stop(false)' : 'pg_stop_backup(false, false)'
  return {
    keepWal: `select pg_create_physical_replication_slot('howdah_copy_' || pg_backend_pid(), true, true)`,
    noticeEnd: major >= 14 ? `set client_connection_check_interval = '1s'` : undefined,
    start: `select lsn::text, pg_walfile_name(lsn) as wal, clock_timestamp() as at from ${start} as lsn`,
    // A stop point on a file's first byte needs the file before; the function names that one by itself until 16.
    // The clock is read after the stop, and rounded up as a Date rounds down: what commits later has its record behind the stop.
    stop: `select labelfile, lsn::text, pg_walfile_name(${major >= 17 ? 'lsn - 1' : 'lsn'}) as wal,
      clock_timestamp() + interval '1 ms' as at from ${stop}`,
  }
}

/** Folders whose content a started server makes anew (PostgreSQL manual, 26.3.3.1). */
const emptied = [
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]
const omitted = [
  'postmaster.pid',
  'postmaster.opts',
  'pg_internal.init',
  'backup_label.old',
  // Of the server that is copied, while its history changes.
  ARCHIVE_BOTH_FILE,
]

/** Whether a path of the data directory stays out of the copy; the WAL does, because it is copied last. */
export function leftOutOfCopy(relativePath: string): boolean {
  const [first = '', second] = relativePath.split('/')
  const name = relativePath.split('/').at(-1) ?? ''
  if (first === 'pg_wal' || (second !== undefined && emptied.includes(first))) return true
  return omitted.includes(name) || name.startsWith('pgsql_tmp')
}

/** A WAL file name: timeline, log and segment, eight hexadecimal digits each; they sort as they were written. */
export function isWalBetween(name: string, first: string, last: string): boolean {
  return /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last
}
