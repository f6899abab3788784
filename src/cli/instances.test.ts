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
