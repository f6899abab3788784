import { expect, test } from 'vitest'
import { EXPORT_README, exportFiles, type ExportFacts } from './export-files.ts'

const facts: ExportFacts = {
  project: 'shop',
  service: 'db',
  version: '16.14',
  user: 'app',
  database: 'app',
  settings: { max_connections: '200', archive_command: 'theirs', work_mem: '8MB' },
  autoConf:
    "# Do not edit\nwork_mem = '1MB'\nARCHIVE_MODE = 'on'\nlisten_addresses='*'\nrestore_command = 'x'\n",
  account: 'ann',
  directory: '/srv/my copy',
  at: '2026-11-20T15:00:00.000Z',
  running: true,
}
const files = exportFiles(facts)

test('what the user set is kept, and nothing archives or listens elsewhere', () => {
  const conf = files['postgresql.conf'] ?? ''
  expect(conf).toContain("max_connections = '200'")
  expect(conf).toContain("listen_addresses = 'localhost'")
  expect(conf).toContain("unix_socket_directories = '.'")
  for (const text of [conf, files['postgresql.auto.conf']]) {
    expect(text).not.toMatch(/archive|restore_command|ssl/i)
  }
})

test('what ALTER SYSTEM set stays, but for what is ours', () => {
  expect(files['postgresql.auto.conf']).toBe("# Do not edit\nwork_mem = '1MB'\n")
})

test('nobody enters over TCP without a password', () => {
  const tcp = (files['pg_hba.conf'] ?? '').split('\n').filter((line) => line.startsWith('host'))
  expect(tcp.length).toBeGreaterThan(0)
  for (const line of tcp) expect(line).toMatch(/ scram-sha-256$/)
})

test('the README names the account, quotes the folder and keeps the label in place', () => {
  const readme = files[EXPORT_README]
  expect(readme).toContain(
    "sudo -u ann pg_ctl -D '/srv/my copy' -l '/srv/my copy/server.log' start",
  )
  expect(readme).toContain('backup_label')
  const stopped = exportFiles({ ...facts, running: false, account: undefined })[EXPORT_README]
  expect(stopped).not.toContain('backup_label')
  expect(stopped).toContain("  pg_ctl -D '/srv/my copy'")
})

test('libraries that must be there are named', () => {
  const settings = { shared_preload_libraries: 'pg_stat_statements' }
  expect(exportFiles({ ...facts, settings })[EXPORT_README]).toContain('pg_stat_statements')
})
