import { expect, test } from 'vitest'
import type { Engine } from '../contract/engine.ts'
import { missingExtensions, whatBrings } from './extension-source.ts'

function engine(kind: Engine['kind'], binDirectory: string): Engine {
  const extensions = ['plpgsql', 'pg_trgm']
  const id = `${kind}-16.4`
  return { id, kind, major: 16, minor: 4, binDirectory, tools: [], extensions, features: [] }
}

const debian = engine('system', '/usr/lib/postgresql/16/bin')
const rpm = engine('system', '/usr/pgsql-16/bin')
const homebrew = engine('system', '/opt/homebrew/opt/postgresql@16/bin')
const npm = engine('npm', '/var/lib/howdah/engines/npm-16.4/native/bin')

test('missing is what the engine does not list, each once', () => {
  expect(missingExtensions(debian, ['vector', 'pg_trgm', 'vector', 'postgis'])).toEqual([
    'vector',
    'postgis',
  ])
  expect(missingExtensions(debian, [])).toEqual([])
})

test('a system engine names the package of its own distribution', () => {
  expect(whatBrings('vector', debian)).toBe('install the package postgresql-16-pgvector')
  expect(whatBrings('vector', rpm)).toBe('install the package pgvector_16')
  expect(whatBrings('postgis_topology', debian)).toContain('postgresql-16-postgis-3')
})

test('an npm engine sends to a system engine with the package', () => {
  const advice = whatBrings('vector', npm, 'linux')
  expect(advice).toContain('Postgres 16')
  expect(advice).toContain('postgresql-16-pgvector')
  expect(whatBrings('vector', npm, 'darwin')).toContain('package for vector')
})

test('an extension or distribution whose packages we do not know still gets a way', () => {
  expect(whatBrings('pg_unheard_of', debian)).toContain('pg_unheard_of for Postgres 16')
  expect(whatBrings('vector', homebrew)).toContain('vector for Postgres 16')
  expect(whatBrings('postgis', rpm)).toContain('postgis for Postgres 16')
})
