import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { saslprep } from './saslprep.ts'
import { scramVerifier, verifyScram } from './scram.ts'
import { isIn, leftToRight, prohibited, rightToLeft, unassigned } from './stringprep-tables.ts'

test('the verifier accepts the exchange of RFC 7677 and answers with its server signature', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  const [, keys = ''] = /\$([^$]+)$/.exec(scramVerifier('pencil', salt)) ?? []
  const [storedKey = '', serverKey = ''] = keys.split(':')
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  const message = [
    'n=user,r=rOprNGfwEbeRWgbNEkqO',
    `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    `c=biws,r=${nonce}`,
  ].join(',')
  const sign = (key: string) =>
    createHmac('sha256', Buffer.from(key, 'base64')).update(message).digest()
  expect(sign(serverKey).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64')
  const signature = sign(storedKey)
  const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0))
  expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey)
})

test('a verifier fits its password and no other, and two of one password differ', () => {
  const verifier = scramVerifier('sesame')
  expect(verifyScram('sesame', verifier)).toBe(true)
  expect(verifyScram('Sesame', verifier)).toBe(false)
  expect(scramVerifier('sesame')).not.toBe(verifier)
  expect(verifyScram('sesame', 'md5c0ffee')).toBe(false)
  expect(verifyScram('sesame', '')).toBe(false)
})

test.each([
  // RFC 4013 §3; U+0007 and pure ASCII pass in Postgres.
  ['I\u00ADX', 'IX'],
  ['user', 'user'],
  ['USER', 'USER'],
  ['\u00AA', 'a'],
  ['\u2168', 'IX'],
  ['\u0007', '\u0007'],
  ['\u06271', '\u06271'],
  // Spaces, also U+200B which both tables name; composed forms.
  ['a\u00A0b\u200Bc', 'a b c'],
  ['e\u0301', 'é'],
])('saslprep turns %j into %j', (password, prepared) => {
  expect(saslprep(password)).toBe(prepared)
})

test.each([
  ['only what is dropped', '\u00AD'],
  ['a control character', 'e\u0301\u0080'],
  ['a character newer than Unicode 3.2', 'e\u0301\u{1F600}'],
  ['text of both directions', '\u0627e\u0301\u0627'],
  ['a private character', 'e\u0301\uE000'],
])('a password with %s stays as it is', (_, password) => {
  expect(saslprep(password)).toBe(password)
})

test('the tables hold the code points at the ends of RFC 3454 ranges', () => {
  const members = [
    [unassigned, 0x0221, 0x024f, 0xe0080, 0xefffd],
    [rightToLeft, 0x05be, 0x05ea, 0xfe76, 0xfefc],
    [leftToRight, 0x41, 0x5a, 0x10000 + 0x300, 0x10fffd],
    [prohibited, 0x00, 0x1f, 0x7f, 0x10ffff],
  ] as const
  for (const [table, ...codePoints] of members) {
    for (const codePoint of codePoints) expect(isIn(table, codePoint)).toBe(true)
  }
  expect(isIn(unassigned, 0x0220)).toBe(false)
  expect(isIn(prohibited, 0x20)).toBe(false)
  expect(isIn(leftToRight, 0x5b)).toBe(false)
})
