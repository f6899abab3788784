import { expect, test } from 'vitest'
import { freePort } from '../ports.ts'
import { connect, quoteIdentifier, quoteLiteral } from './postgres.ts'
import { isNotReady } from './postgres-errors.ts'

test('a port where nobody listens, and a socket that is not there, are not ready', async () => {
  const common = { user: 'x', database: 'x', applicationName: 'test' }
  const port = await freePort('127.0.0.1')
  const refused: unknown = await connect({ ...common, host: '127.0.0.1', port }).catch((e) => e)
  expect(refused).toMatchObject({ code: 'SQL_FAILED', details: { errno: 'ECONNREFUSED' } })
  expect(isNotReady(refused)).toBe(true)
  const missing: unknown = await connect({ ...common, socketDirectory: '/no/folder', port }).catch(
    (e) => e,
  )
  expect(missing).toMatchObject({ code: 'SQL_FAILED', details: { errno: 'ENOENT' } })
  expect(isNotReady(missing)).toBe(true)
  expect(isNotReady(new Error('ECONNREFUSED'))).toBe(false)
})

test('names and texts are quoted', () => {
  expect(quoteIdentifier('My "table"')).toBe('"My ""table"""')
  expect(quoteLiteral(`it's`)).toBe(`'it''s'`)
  expect(quoteLiteral('a\\b')).toBe(` E'a\\\\b'`)
})
