import { expect, test } from 'vitest'
import { worksInNpmEngine } from './npm-limits.ts'

test('languages of another machine, and transforms for them, do not work', () => {
  const broken = [
    'plperl',
    'plperlu',
    'plpython3u',
    'pltcl',
    'pltclu',
    'bool_plperlu',
    'hstore_plperl',
    'hstore_plpythonu',
    'jsonb_plpython2u',
    'ltree_plpython3u',
  ]
  expect(broken.filter(worksInNpmEngine)).toEqual([])
})

test('the rest of contrib works', () => {
  const fine = ['plpgsql', 'hstore', 'ltree', 'uuid-ossp', 'xml2', 'sslinfo', 'postgres_fdw']
  expect(fine.filter(worksInNpmEngine)).toEqual(fine)
})
