import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type FakeApi, howdah } from '../fake-daemon.suite.ts'
import { instance, operation } from '../fixtures.suite.ts'

const connection = {
  endpoint: { host: '127.4.0.1', port: 5432 },
  user: 'app',
  database: 'shop',
  password: 'zebra',
  caFile: '/h/ca.crt',
}

/** A folder with a pg_dump that does this, and where its output goes. */
function folderWith(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const text = `#!/bin/sh\n[ "$1" = --version ] && { echo "pg_dump (PostgreSQL) 17.2"; exit; }\n${script}\n`
  writeFileSync(join(folder, 'pg_dump'), text)
  chmodSync(join(folder, 'pg_dump'), 0o755)
  return folder
}

const shop = (folder: string, words: string[], change: FakeApi = {}) =>
  howdah(['-p', 'shop', 'export', ...words], {
    directory: folder,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    answers: {
      listInstances: async () => [instance()],
      listEngines: async () => ({ installed: [], offers: [] }),
      getConnection: async () => connection,
      ...change,
    },
  })

test('a folder is made by the daemon, at an absolute path', async () => {
  let asked: unknown
  const output = { directory: '/tmp/copy', sizeBytes: 33_554_432, account: 'ann' }
  const { stdout, stderr } = await shop('/tmp', ['--to', 'copy', '--owner', 'ann'], {
    exportInstance: async (input) => {
      asked = input
      return operation({ output })
    },
  })
  expect(asked).toEqual({
    project: 'shop',
    service: 'database',
    directory: '/tmp/copy',
    owner: 'ann',
  })
  expect(stdout).toContain('Exported shop/database to /tmp/copy: 32 MiB in 940 ms, owned by ann')
  expect(stderr).toContain('/tmp/copy/README.txt')
})

test('a dump is written by pg_dump as the owner, with the password in its environment alone', async () => {
  const folder = folderWith('echo "$* $PGUSER $PGPASSWORD $PGSSLMODE" > out.dump.part')
  const { status, stdout } = await shop(folder, ['--to', 'out.dump'])
  expect(status).toBe(0)
  expect(statSync(join(folder, 'out.dump')).mode & 0o777).toBe(0o600)
  expect(stdout).toContain(`Dumped shop of shop/database to ${folder}/out.dump`)
  expect(readFileSync(join(folder, 'out.dump'), 'utf8')).toBe(
    `--format=custom --file=${folder}/out.dump.part app zebra verify-full\n`,
  )
})

test('a dump that fails leaves no file, and gives pg_dump’s own words', async () => {
  const folder = folderWith('echo half > out.sql.part; echo "permission denied" >&2; exit 1')
  const { status, stderr } = await shop(folder, ['--to', 'out.sql'])
  expect(status).toBe(65)
  expect(stderr).toContain('│ permission denied')
  expect(existsSync(join(folder, 'out.sql'))).toBe(false)
  expect(existsSync(join(folder, 'out.sql.part'))).toBe(false)
})

test('a file that is there is not written over', async () => {
  const folder = folderWith('exit 0')
  writeFileSync(join(folder, 'out.sql'), 'precious')
  const { status } = await shop(folder, ['--to', 'out.sql'])
  expect(status).toBe(64)
  expect(readFileSync(join(folder, 'out.sql'), 'utf8')).toBe('precious')
})

test('without a pg_dump that fits, the package that brings it is named', async () => {
  const folder = folderWith('exit 0')
  const { status, stderr } = await shop(folder, ['--to', 'out.sql'], {
    listInstances: async () => [instance({ version: '18.1' })],
  })
  expect(status).toBe(69)
  expect(stderr).toContain('postgresql-client-18')
})

test.each([
  [[], 'say where to'],
  [['--to', 'shop.tar.gz'], 'no file like'],
  [['--to', 'copy', '--database', 'x'], '--database is for dumps'],
])('export %j is USAGE', async (words, text) => {
  const { status, stderr } = await shop('/tmp', words)
  expect(status).toBe(64)
  expect(stderr).toContain(text)
})
