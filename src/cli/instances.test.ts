import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FakeApi, howdah } from './fake-daemon.suite.ts'
import { instance } from './fixtures.suite.ts'

const connection = {
  endpoint: { host: '127.4.0.1', port: 5432 },
  user: 'postgres',
  database: 'postgres',
  password: 'zebra',
  caFile: '/h/ca.crt',
}
const answers: FakeApi = {
  listInstances: async () => [instance()],
  getConnection: async () => connection,
}
const shop = (words: string[], change: FakeApi = {}) =>
  howdah(['-p', 'shop', ...words], { answers: { ...answers, ...change } })

test('url needs no service when the project has one instance, and hides the password', async () => {
  expect((await shop(['url'])).stdout).toBe(
    'postgresql://postgres:****@127.4.0.1:5432/postgres?sslmode=verify-full&sslrootcert=/h/ca.crt\n',
  )
  expect((await shop(['url', '--reveal'])).stdout).toContain('postgres:zebra@')
})

test('with several instances the service must be named', async () => {
  const listInstances = async () => [instance(), instance({ service: 'other' })]
  const { status, stderr } = await shop(['url'], { listInstances })
  expect(status).toBe(64)
  expect(stderr).toContain('project shop has database, other')
})

test('of several instances, the only one that compose names is meant', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'howdah-instances-'))
  using _ = { [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
  const compose =
    'name: shop\nservices:\n  database:\n    image: postgres:16\n    x-howdah-postgres: true\n    environment: { POSTGRES_PASSWORD: }\n'
  writeFileSync(join(directory, 'compose.yaml'), compose)
  const listInstances = async () => [instance(), instance({ service: 'rescued' })]
  const around = { answers: { ...answers, listInstances }, directory }
  expect((await howdah(['url'], around)).status).toBe(0)
  const elsewhere = await howdah(['-p', 'shop', 'url'], { ...around, directory: '/nonexistent' })
  expect(elsewhere.status).toBe(64)
  expect(elsewhere.stderr).toContain('give its name')
})

test('who names none does not mean a branch, nor what another took the place of', async () => {
  const held = instance({ service: 'old', heldSince: '2026-01-01T00:00:00Z' })
  const at = '2026-01-01T00:00:00Z'
  const branch = { service: 'database', lineage: 'lineage001', at, shared: true }
  const listInstances = async () => [held, instance({ service: 'try', branch }), instance()]
  expect((await shop(['url'], { listInstances })).status).toBe(0)
})

test('ps is a table for people and the contract’s nouns as JSON', async () => {
  const { stdout } = await shop(['ps'])
  const [header, row] = stdout.split('\n')
  expect(header).toMatch(/^SERVICE +STATE +VERSION +ENDPOINT/)
  expect(row).toMatch(/^database +ready +16\.14 +127\.4\.0\.1:5432 +postgres +32 MiB/)
  expect(JSON.parse((await shop(['ps', '--json'])).stdout)).toEqual([instance()])
})

test('ps says why an instance is not well, on stderr', async () => {
  const listInstances = async () => [instance({ state: 'failed', reason: 'the disk is full' })]
  expect((await shop(['ps'], { listInstances })).stderr).toBe(
    'warning: shop/database: the disk is full\n',
  )
})

test('ps without instances says how to make them, and JSON stays an array', async () => {
  const listInstances = async () => []
  expect((await shop(['ps'], { listInstances })).stdout).toBe('')
  expect((await shop(['ps', '--json'], { listInstances })).stdout).toBe('[]\n')
})

test('ps shows how far back can be restored, how new the newest moment is and when it was proven', async () => {
  const recovery = {
    earliest: '2026-01-01T00:00:00Z',
    latest: '2026-01-08T00:00:01Z',
    rpoMs: 40_000,
    backups: 7,
    provenAt: new Date(Date.now() - 3 * 60 * 60 * 1000 - 1000).toISOString(),
  }
  const listInstances = async () => [instance({ recovery })]
  const { stdout, stderr } = await shop(['ps'], { listInstances })
  expect(stdout).toMatch(/BACKUPS +PROVEN\n/)
  expect(stdout).toMatch(/7 d, newest 40 s ago +3 h ago\n$/)
  expect(stderr).toBe('')
  expect(JSON.parse((await shop(['ps', '--json'], { listInstances })).stdout)).toEqual([
    instance({ recovery }),
  ])
})

test('ps tells what is wrong with the backups, and that there are none yet', async () => {
  const problem = 'the last good base backup is 3d old'
  const listInstances = async () => [instance({ recovery: { backups: 0, problem } })]
  const { stdout, stderr } = await shop(['ps'], { listInstances })
  expect(stdout).toMatch(/none yet +not yet\n$/)
  expect(stderr).toBe(`warning: shop/database: ${problem}\n`)
})

test('events say when by the local clocks, and name what they are about once', async () => {
  const listEvents = async () => [
    {
      id: 'e1',
      at: '2026-01-02T03:04:05.678Z',
      severity: 'info' as const,
      kind: 'instance-ready',
      subject: 'shop/database',
      message: 'shop/database takes connections',
    },
    {
      id: 'e2',
      at: '2026-01-02T03:05:05.678Z',
      severity: 'error' as const,
      kind: 'drill-failed',
      subject: 'shop/database',
      message: 'a restore did not work',
    },
  ]
  const { stdout } = await shop(['events'], { listEvents })
  expect(stdout).toMatch(/^2026-01-0\d \S+ \S+ +info +shop\/database takes connections\n/m)
  expect(stdout).toMatch(/ error +shop\/database: a restore did not work\n$/)
})
