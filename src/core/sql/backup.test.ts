import { expect, test } from 'vitest'
import { backupCalls, isWalBetween, leftOutOfCopy } from './backup.ts'

test('the backup functions have the names of their version', () => {
  expect(backupCalls(14).start).toContain("pg_start_backup('howdah', true, false)")
  expect(backupCalls(14, true).start).toContain("pg_start_backup('howdah', false, false)")
  expect(backupCalls(14).stop).toContain('pg_stop_backup(false, false)')
  expect(backupCalls(15).start).toContain("pg_backup_start('howdah', true)")
  expect(backupCalls(16, true).start).toContain("pg_backup_start('howdah', false)")
  expect(backupCalls(18).stop).toContain('pg_backup_stop(false)')
})

test('a stop point on the first byte of a WAL file needs the file before', () => {
  // Release notes of 17: pg_walfile_name no longer names the preceding file at a boundary. Before 14 an LSN has no “- 1”.
  for (const major of [12, 13, 16]) expect(backupCalls(major).stop).toContain('(lsn)')
  for (const major of [17, 18]) expect(backupCalls(major).stop).toContain('(lsn - 1)')
})

test.each([
  ['pg_wal/000000010000000000000003', true],
  ['pg_wal', true],
  ['pg_wal/archive_status/000000010000000000000003.done', true],
  ['postmaster.pid', true],
  ['postmaster.opts', true],
  ['backup_label.old', true],
  ['pg_replslot/mine/state', true],
  ['pg_stat_tmp/global.stat', true],
  ['base/pgsql_tmp/pgsql_tmp42.0', true],
  ['base/5/pg_internal.init', true],
  ['global/pg_internal.init', true],
  ['pg_replslot', false],
  ['pg_notify', false],
  ['pg_xact/0000', false],
  ['pg_stat/pgstat.stat', false],
  ['global/pg_control', false],
  ['base/5/16384', false],
  ['base/5/16384_fsm', false],
  ['pg_tblspc/16400/PG_16_202307071/5/16401', false],
  ['postgresql.auto.conf', false],
  ['PG_VERSION', false],
])('%s is left out of a copy: %s', (path, left) => {
  expect(leftOutOfCopy(path)).toBe(left)
})

test('a WAL file is between two others as it was written, across logs and timelines', () => {
  const between = (name: string) =>
    isWalBetween(name, '0000000100000000000000FE', '000000020000000100000001')
  expect(between('0000000100000000000000FE')).toBe(true)
  expect(between('000000010000000100000000')).toBe(true)
  expect(between('000000020000000100000001')).toBe(true)
  expect(between('0000000100000000000000FD')).toBe(false)
  expect(between('000000020000000100000002')).toBe(false)
})

test.each(['archive_status', '00000002.history', '0000000100000000000000FF.00000028.backup', ''])(
  'what is no WAL segment is between none: %j',
  (name) => {
    expect(isWalBetween(name, '0'.repeat(24), 'F'.repeat(24))).toBe(false)
  },
)
