import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findPgDump, fitting } from './find-pg-dump.ts'

const of = (...majors: number[]) => majors.map((major) => ({ program: `/${major}/pg_dump`, major }))

test.each([
  [[15, 16, 17], 16, 16],
  [[15, 18, 17], 16, 17],
  [[13, 14], 16, undefined],
  [[], 16, undefined],
])('of pg_dump %j, for Postgres %i: %s', (majors, major, chosen) => {
  expect(fitting(of(...majors), major)?.major).toBe(chosen)
})

function folderWith(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-dump-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'pg_dump')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return folder
}

test('the version of one in PATH is asked of itself, and one that does not run is none', async () => {
  const good = folderWith('echo "pg_dump (PostgreSQL) 16.4 (Debian 16.4-1.pgdg120+1)"')
  const broken = folderWith('exit 1')
  const env = { PATH: `${broken}:${good}` }
  expect(await findPgDump(16, [], env)).toEqual({ program: join(good, 'pg_dump'), major: 16 })
})

test('without one that fits, the packages that bring it are named', async () => {
  await expect(findPgDump(17, [], { PATH: '/nonexistent' })).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    hint: expect.stringContaining('postgresql-client-17') as unknown,
  })
})
