import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeEngine, parseVersion } from './describe-engine.ts'
import { systemBinDirectories } from './system-engines.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'howdah-test-describe-'))
  chmodSync(root, 0o755)
})
afterEach(() => rmSync(root, { recursive: true }))

function put(path: string, text = '', mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}

function putPrograms(bin: string, version: string, initdbVersion = version): string {
  put(`${bin}/postgres`, `#!/bin/sh\necho "postgres (PostgreSQL) ${version}"\n`, 0o755)
  put(`${bin}/initdb`, `#!/bin/sh\necho "initdb (PostgreSQL) ${initdbVersion}"\n`, 0o755)
  return join(root, bin)
}

test.each([
  ['usr/lib/postgresql/16/bin', 'usr/share/postgresql/16'],
  ['usr/pgsql-16/bin', 'usr/pgsql-16/share'],
  ['opt/homebrew/opt/postgresql@16/bin', 'opt/homebrew/opt/postgresql@16/share/postgresql@16'],
  ['usr/local/opt/postgresql@16/bin', 'usr/local/opt/postgresql@16/share/postgresql'],
  ['usr/libexec/postgresql16', 'usr/share/postgresql16'],
  ['usr/bin', 'usr/share/pgsql'],
  [
    'Applications/Postgres.app/Contents/Versions/16/bin',
    'Applications/Postgres.app/Contents/Versions/16/share/postgresql',
  ],
])('an engine in %s is found, with the extensions of its own share folder', async (bin, share) => {
  putPrograms(bin, '16.4')
  put(`${share}/extension/plpgsql.control`)
  put(`${share}/extension/vector.control`)
  put(`${share}/extension/vector--0.8.0.control`)
  expect(await systemBinDirectories(root)).toEqual([join(root, bin)])
  const { engine } = await describeEngine({ kind: 'system', binDirectory: join(root, bin) })
  expect(engine).toMatchObject({ id: 'system-16.4', extensions: ['plpgsql', 'vector'] })
})

test('a folder without initdb, and one of client programs, is no engine', async () => {
  put('usr/lib/postgresql/16/bin/psql', '', 0o755)
  put('usr/lib/postgresql/15/bin/postgres', '', 0o755)
  expect(await systemBinDirectories(root)).toEqual([])
  expect(await systemBinDirectories(join(root, 'nowhere'))).toEqual([])
})

test('pg_config, where there is one, says where extensions are and how it was built', async () => {
  const bin = putPrograms('usr/lib/postgresql/16/bin', '16.4 (Debian 16.4-1.pgdg12+1)')
  put('elsewhere/extension/plpgsql.control')
  const answers = `case $1 in --sharedir) echo ${root}/elsewhere;; *) echo "'--with-zstd'";; esac`
  put('usr/lib/postgresql/16/bin/pg_config', `#!/bin/sh\n${answers}\n`, 0o755)
  put('usr/lib/postgresql/16/bin/psql', '', 0o755)
  put('usr/lib/postgresql/16/bin/pg_notes.txt')
  put('usr/lib/postgresql/16/bin/unrelated', '', 0o755)
  const { engine, extensionDirectory } = await describeEngine({ kind: 'system', binDirectory: bin })
  expect(engine.tools).toEqual(['pg_config', 'psql'])
  expect(engine.features).toEqual(['icu', 'zstd'])
  expect(extensionDirectory).toBe(join(root, 'elsewhere/extension'))
})

test.each([
  ['usr/lib/postgresql/16/bin', 'usr/share/postgresql/16', 'usr/lib/postgresql/16/lib'],
  ['usr/pgsql-16/bin', 'usr/pgsql-16/share', 'usr/pgsql-16/lib'],
  ['usr/libexec/postgresql16', 'usr/share/postgresql16', 'usr/lib/postgresql16'],
  ['usr/bin', 'usr/share/pgsql', 'usr/lib64/pgsql'],
])('of an engine in %s, the libraries that it can load are features', async (bin, share, lib) => {
  const binDirectory = putPrograms(bin, '16.4')
  put(`${share}/extension/plpgsql.control`)
  put('usr/lib/postgresql/plpgsql.txt')
  put(`${lib}/plpgsql.so`)
  const describe = () => describeEngine({ kind: 'system', binDirectory })
  const without = await describe()
  expect(without.engine.features).toEqual([])
  expect(without.libraryDirectory).toBe(join(root, lib))
  put(`${lib}/basic_archive.so`)
  expect((await describe()).engine.features).toEqual(['basic_archive'])
})

test('programs that disagree, a beta, an unknown major and a lost share folder are broken', async () => {
  const reasonOf = async (binDirectory: string) =>
    describeEngine({ kind: 'system', binDirectory }).then(
      () => 'fine',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    )
  expect(await reasonOf(putPrograms('a/bin', '16.4', '16.3'))).toMatch(
    /BROKEN.*16\.4, initdb 16\.3/,
  )
  expect(await reasonOf(putPrograms('b/bin', '19beta1'))).toMatch(/BROKEN.*no release/)
  expect(await reasonOf(putPrograms('c/bin', '11.22'))).toMatch(/BROKEN.*11\.22/)
  expect(await reasonOf(putPrograms('d/bin', '16.4'))).toMatch(/BROKEN.*extensions/)
  expect(await reasonOf(join(root, 'nowhere'))).toMatch(/BROKEN.*no such program/)
})

test('versions are read as distributions write them', () => {
  expect(parseVersion('postgres (PostgreSQL) 16.14')).toBe('16.14')
  expect(parseVersion('postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)')).toBe('15.18')
  expect(parseVersion('postgres (PostgreSQL) 16.4 - Percona Server 16.4.1')).toBe('16.4')
  expect(parseVersion('postgres (PostgreSQL) 17rc1')).toBeUndefined()
  expect(parseVersion('postgres (PostgreSQL) 18devel')).toBeUndefined()
  expect(parseVersion('postgres (PostgreSQL) 9.6.24')).toBeUndefined()
})
