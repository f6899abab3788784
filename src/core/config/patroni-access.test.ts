import { expect, test } from 'vitest'
import { hbaConf, identConf } from './hba.ts'
import { membersHba, membersIdent, REPLICATOR } from './patroni-access.ts'

test('members copy by certificate alone, whatever clients may', () => {
  const lines = membersHba(hbaConf({ tls: 'optional', open: 'clients' }))
  const own = lines.filter((line) => line.includes(REPLICATOR))
  expect(lines.slice(0, own.length)).toEqual(own)
  expect(own.filter((line) => !line.endsWith(' reject')).map((line) => line.split(' '))).toEqual([
    ['hostssl', 'replication', REPLICATOR, 'all', 'cert'],
    ['hostssl', 'all', REPLICATOR, 'all', 'cert'],
  ])
  expect(lines).toContain('hostssl all all all scram-sha-256')
  expect(lines.some((line) => line.startsWith('#'))).toBe(false)
})

test('the accounts that may enter as our superuser may copy, each once', () => {
  const lines = membersIdent(identConf(['root', 'howdah'], ['app']), ['howdah'])
  expect(lines).toContain(`howdah "howdah" "${REPLICATOR}"`)
  expect(lines).not.toContain(`howdah "root" "${REPLICATOR}"`)
  expect(new Set(lines).size).toBe(lines.length)
})
