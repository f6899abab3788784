import { expect, test } from 'vitest'
import { whoSent } from './first-bytes.ts'

const packet = (length: number, code: number, rest = ''): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(length, 0)
  head.writeUInt32BE(code, 4)
  return Buffer.concat([head, Buffer.from(rest)])
}

test.each<[string, Buffer, ReturnType<typeof whoSent>]>([
  ['nothing', Buffer.alloc(0), 'unknown'],
  ['half a head', packet(8, 80877103).subarray(0, 5), 'unknown'],
  ['the request for TLS', packet(8, 80877103), 'client'],
  ['the request for GSS encryption', packet(8, 80877104), 'client'],
  ['a start of protocol 3.0', packet(40, 196608, 'user\0app\0\0'), 'client'],
  ['a start of protocol 3.2', packet(40, 196610, 'user\0app\0\0'), 'client'],
  ['a TLS handshake at once', Buffer.from([0x16, 0x03, 0x01]), 'client'],
  ['a cancel request', packet(16, 80877102, '12345678'), 'stranger'],
  ['protocol 2', packet(296, 131072), 'stranger'],
  ['a browser', Buffer.from('GET / HTTP/1.1\r\n'), 'stranger'],
  ['one letter of a browser', Buffer.from('G'), 'stranger'],
  ['a shell', Buffer.from('\r\n'), 'stranger'],
  ['a length that is none', packet(4, 196608), 'stranger'],
  ['a length beyond what Postgres takes', packet(10_001, 196608), 'stranger'],
])('%s', (_, bytes, who) => {
  expect(whoSent(bytes)).toBe(who)
})

test('bytes from the middle of a larger buffer are read at their place', () => {
  const within = Buffer.concat([Buffer.from('xyz'), packet(8, 80877103)]).subarray(3)
  expect(whoSent(within)).toBe('client')
})
