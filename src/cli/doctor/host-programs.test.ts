import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostPrograms } from './host-programs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-doctor-host-'))
  mkdirSync(join(folder, 'bin'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const program = (name: string, says: string): void => {
  const file = join(folder, 'bin', name)
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`)
  chmodSync(file, 0o755)
}
const look = () =>
  hostPrograms({
    home: folder,
    env: { PATH: join(folder, 'bin') },
    daemon: undefined,
    daemonError: undefined,
  })

test('a home that is no host is not asked for a host’s programs', async () => {
  expect(await look()).toEqual([])
})

test('a release with a known fault is named with what it does and which has it no more', async () => {
  writeFileSync(join(folder, 'host.json'), '{}')
  program('etcd', 'etcd Version: 3.5.2')
  program('patroni', 'patroni 4.0.7')
  program('pgbouncer', 'PgBouncer 1.18.0')
  program('pgbackrest', 'this is none')
  const found = await look()
  expect(found.filter(({ name }) => name === 'etcd').map(({ status }) => status)).toEqual([
    'fail',
    'fail',
    'warn',
  ])
  expect(found).toContainEqual({ name: 'patroni', status: 'ok', message: '4.0.7' })
  expect(found).toContainEqual({
    name: 'pgbouncer',
    status: 'warn',
    message: expect.stringMatching(/^1\.18\.0 has no prepared statements/) as string,
    whatNow: 'Take 1.21 or later where your packages have it.',
  })
  expect(found).toContainEqual(expect.objectContaining({ name: 'pgbackrest', status: 'warn' }))
})
