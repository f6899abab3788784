import { expect, test } from 'vitest'
import { crcAdd, crcEnd, CRC_START } from './crc32c.ts'

const sumOf = (bytes: Uint8Array): number => crcEnd(crcAdd(CRC_START, bytes, 0, bytes.length))

test.each([
  // RFC 3720, B.4, and the check value of the CRC catalogue.
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['rising bytes', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
  ['falling bytes', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ['digits', new TextEncoder().encode('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(), 0],
])('the sum of %s is the published one', (_, bytes, sum) => {
  expect(sumOf(bytes)).toBe(sum)
})

test('a sum over pieces is the sum over all, wherever they are cut', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => (at * 37) & 255)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = crcAdd(crcAdd(CRC_START, bytes, 0, cut), bytes, cut, bytes.length)
    expect(crcEnd(pieces)).toBe(sumOf(bytes))
  }
})
