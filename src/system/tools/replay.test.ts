import { expect, test } from 'vitest'
import { segmentInTitle } from './replay.ts'

test.each([
  ['postgres: shop/db: startup recovering 000000010000000000000007', '000000010000000000000007'],
  ['postgres: startup   recovering 0000000200000001000000FF', '0000000200000001000000FF'],
  ['postgres: shop/db: startup waiting for 000000010000000000000008', '000000010000000000000008'],
  ['postgres: shop/db: startup', undefined],
  ['postgres: shop/db: app app 127.0.0.1(4000) recovering', undefined],
  ['postgres: shop/db: archiver last was 000000010000000000000007', undefined],
])('the title “%s” shows the replay of %s', (title, segment) => {
  expect(segmentInTitle(title)).toBe(segment)
})
