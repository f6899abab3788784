import { expect, test } from 'vitest'
import { describeBytes } from './describe-bytes.ts'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [KIB, '1 KiB'],
  [1.5 * KIB, '1.5 KiB'],
  [512 * MIB, '512 MiB'],
  [1.5 * GIB, '1.5 GiB'],
  [1.25 * GIB, '1.3 GiB'],
  [9.96 * GIB, '10 GiB'],
  [10.4 * GIB, '10 GiB'],
  [2 * 1024 * GIB, '2 TiB'],
  [5000 * 1024 * GIB, '5000 TiB'],
  [GIB - 1, '1 GiB'],
  [MIB - 1, '1 MiB'],
])('%d bytes are %j', (sizeBytes, text) => {
  expect(describeBytes(sizeBytes)).toBe(text)
})
