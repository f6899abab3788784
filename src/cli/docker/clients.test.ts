import { expect, test } from 'vitest'
import type { ProjectSpec, ServiceSpec, Template } from '../../contract/project.ts'
import { clientsWithoutSecrets, clientsWithSecrets } from './clients.ts'

const at = { file: 'compose.yaml', line: 1, column: 1 }
const service = (name: string, environment: Record<string, Template>, more = {}): ServiceSpec => ({
  name,
  environment,
  dependsOn: {},
  at,
  ...more,
})
const managed = {
  managed: { port: 6000 },
} as unknown as Partial<ServiceSpec>
const secret = { config: 'POSTGRES_PASSWORD' }

const spec: ProjectSpec = {
  name: 'shop',
  directory: '/shop',
  files: ['/shop/compose.yaml'],
  notes: [],
  services: {
    db: service('db', { POSTGRES_PASSWORD: [secret] }, managed),
    app: service('app', { URL: ['postgres://u:', secret, '@db:6000/app'], MODE: ['test'] }),
    own: service('own', { PGHOST: ['db'], PGSSLROOTCERT: ['/own.crt'] }),
    later: service(
      'later',
      {},
      { dependsOn: { db: { condition: 'service_started', required: true } } },
    ),
    mailer: service('mailer', { KEY: [{ config: 'MAIL_KEY' }], HOST: ['my-db.example'] }),
  },
}

test('a service that names the database gets the CA, unless it says its own; no other is touched', () => {
  expect(clientsWithoutSecrets(spec)).toEqual([
    { name: 'app', environment: { PGSSLROOTCERT: '/run/howdah/ca.crt' } },
    { name: 'own', environment: {} },
    { name: 'later', environment: { PGSSLROOTCERT: '/run/howdah/ca.crt' } },
  ])
})

test('config is put in, percent-encoded inside a URL alone; host and port stay those inside Docker', () => {
  const config = { POSTGRES_PASSWORD: 'p@ss/w:rd', MAIL_KEY: 'k&y' }
  const { clients, missing } = clientsWithSecrets(spec, config)
  expect(missing).toEqual([])
  const environment = (name: string) => clients.find((one) => one.name === name)?.environment
  expect(environment('app')).toEqual({
    PGSSLROOTCERT: '/run/howdah/ca.crt',
    URL: 'postgres://u:p%40ss%2Fw%3Ard@db:6000/app',
  })
  expect(environment('mailer')).toEqual({ KEY: 'k&y' })
  expect(environment('db')).toBeUndefined()
})

test('config that is not set is named', () => {
  expect(clientsWithSecrets(spec, { MAIL_KEY: 'x' }).missing).toEqual(['POSTGRES_PASSWORD'])
})
