import { expect, test } from 'vitest'
import { psqlEnvironment } from './psql-environment.ts'

const target = {
  host: '127.4.0.1',
  port: 5432,
  user: 'ada',
  password: 's3cret',
  database: 'app',
  caFile: '/h/ca.crt',
}

test('psql is led to the instance with the certificate checked, whatever the shell has set', () => {
  const env = psqlEnvironment(
    { PATH: '/bin', PGHOSTADDR: '10.0.0.1', PGSERVICE: 'prod', PGSSLMODE: 'disable', PGTZ: 'UTC' },
    target,
  )
  expect(env).toEqual({
    PATH: '/bin',
    PGTZ: 'UTC',
    PGHOST: '127.4.0.1',
    PGPORT: '5432',
    PGUSER: 'ada',
    PGPASSWORD: 's3cret',
    PGDATABASE: 'app',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/h/ca.crt',
  })
})

test('another role without a password is asked for it by psql', () => {
  const env = psqlEnvironment({ PGPASSWORD: 'old' }, { ...target, password: '' })
  expect(env['PGPASSWORD']).toBeUndefined()
})
