import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { type ComposeOverride, composeOverride } from './compose-override.ts'

const shop: ComposeOverride = {
  forwarderImage: 'haproxy:test',
  reach: 'relay',
  caFile: '/home/a$b/ca.crt',
  forwarded: [
    { name: 'db', port: 5432, endpoint: { host: '127.77.0.5', port: 5432 } },
    { name: 'audit', port: 6000, endpoint: { host: '127.77.0.6', port: 6000 } },
  ],
  clients: [{ name: 'app', environment: { DATABASE_URL: 'postgres://u:p%24$@db/app' } }],
}

// The tags are Compose's own; their values are what matters here.
const tags = ['!reset', '!override'].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'map' as const },
  { tag, collection: 'seq' as const },
])
const read = (override: ComposeOverride) => parse(composeOverride(override), { customTags: tags })

test('the database service becomes HAProxy and nothing of the database stays', () => {
  const text = composeOverride(shop)
  const { db } = read(shop).services
  expect(db.image).toBe('haproxy:test')
  for (const key of [
    'build',
    'command',
    'environment',
    'env_file',
    'ports',
    'profiles',
    'deploy',
  ]) {
    expect(text).toContain(`    ${key}: !reset null`)
  }
  expect(text).toContain('    volumes: !override\n      - howdah-sockets:/run/howdah')
  expect(Object.keys(db)).not.toContain('networks')
})

test('bytes go from the service’s port over a socket of its own to its instance', () => {
  const { configs, services } = read(shop)
  expect(configs['howdah-audit'].content).toContain('bind :6000')
  expect(configs['howdah-audit'].content).toContain('unix@/run/howdah/audit.sock check')
  expect(configs['howdah-relay'].content).toMatch(
    /bind unix@\/run\/howdah\/audit\.sock mode 666\n +server instance 127\.77\.0\.6:6000/,
  )
  expect(services['howdah-relay'].network_mode).toBe('host')
})

test('where Docker runs in a virtual machine there is no relay', () => {
  const { configs, services, volumes } = read({ ...shop, reach: 'gateway' })
  expect(Object.keys(services)).toEqual(['db', 'audit', 'app'])
  expect(configs['howdah-db'].content).toContain('server instance host.docker.internal:5432')
  expect(volumes).toBeUndefined()
})

test('an application gets the CA and its values, with every dollar doubled', () => {
  const { app } = read(shop).services
  expect(app.environment.DATABASE_URL).toBe('postgres://u:p%24$$@db/app')
  expect(app.volumes).toEqual([
    { type: 'bind', source: '/home/a$$b/ca.crt', target: '/run/howdah/ca.crt', read_only: true },
  ])
})

test('an instance that moved gives its containers another label, so that Compose makes them anew', () => {
  const moved = shop.forwarded.map((s) => ({ ...s, endpoint: { ...s.endpoint, port: 7000 } }))
  const before = read(shop).services['howdah-relay'].labels
  expect(read({ ...shop, forwarded: moved }).services['howdah-relay'].labels).not.toEqual(before)
  expect(read({ ...shop }).services['howdah-relay'].labels).toEqual(before)
})
