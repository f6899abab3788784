import { expect, test } from 'vitest'
import { firstBlockOf } from './page-file.ts'

test.each([
  ['base/5/16384', 0],
  ['base/5/16384.1', 131_072],
  ['base/5/16384.12', 12 * 131_072],
  ['base/5/16384_fsm', 0],
  ['base/5/16384_vm.1', 131_072],
  ['base/5/16384_init', 0],
  ['global/1262', 0],
  ['pg_tblspc/16400/PG_16_202307071/5/16401.2', 2 * 131_072],
])('%s begins with block %i', (path, block) => {
  expect(firstBlockOf(path)).toBe(block)
})

test.each([
  'PG_VERSION',
  'base/5/PG_VERSION',
  'base/5/pg_filenode.map',
  'base/5/pg_internal.init',
  'base/5/t3_16384',
  'base/5/16384_tmp',
  'base/5/16384.0',
  'base/pgsql_tmp/pgsql_tmp42.0',
  'global/pg_control',
  'pg_xact/0000',
  'pg_wal/000000010000000000000001',
  'pg_tblspc/16400/5/16401',
  '16384',
])('%s is not made of pages with checksums', (path) => {
  expect(firstBlockOf(path)).toBeUndefined()
})
