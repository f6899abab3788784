import { expect, test } from 'vitest'
import { hbaConf, identConf, SUPERUSER } from './hba.ts'

const lines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('clients enter with SCRAM and TLS from anywhere, and our superuser never over the network', () => {
  const rules = lines(hbaConf({ tls: 'required', open: 'clients' }))
  const network = rules.filter((line) => line.startsWith('host'))
  expect(network).toEqual([`host all ${SUPERUSER} all reject`, 'hostssl all all all scram-sha-256'])
  expect(rules.filter((line) => line.startsWith('local'))).toEqual([
    'local all all peer map=howdah',
    'local replication all peer map=howdah',
  ])
})

test('without TLS clients enter from this machine alone, and only where TLS is optional', () => {
  const plain = (tls: 'optional' | 'required'): string[] =>
    lines(hbaConf({ tls, open: 'clients' })).filter((line) => line.startsWith('hostnossl'))
  expect(plain('required')).toEqual([])
  expect(plain('optional')).toEqual([
    'hostnossl all all 127.0.0.0/8 scram-sha-256',
    'hostnossl all all ::1/128 scram-sha-256',
  ])
})

test.each(['optional', 'required'] as const)(
  'closed to clients (TLS %s), nobody enters over the network',
  (tls) => {
    const rules = lines(hbaConf({ tls, open: 'admin' }))
    expect(rules.every((line) => line.startsWith('local '))).toBe(true)
  },
)

test('no rule trusts, or takes a password in clear or as MD5', () => {
  for (const open of ['clients', 'admin'] as const)
    for (const tls of ['optional', 'required'] as const)
      expect(hbaConf({ tls, open })).not.toMatch(/\b(trust|password|md5|ident)$/m)
})

test('the map lets each account of ours in as our superuser and as the owner', () => {
  expect(lines(identConf(['root', 'howdah'], ['app']))).toEqual([
    'howdah "root" "howdah_admin"',
    'howdah "root" "app"',
    'howdah "howdah" "howdah_admin"',
    'howdah "howdah" "app"',
  ])
})

test('a name with quotes or blanks stays one name', () => {
  expect(lines(identConf(['ann'], ['a "b" c']))).toContain('howdah "ann" "a ""b"" c"')
})
