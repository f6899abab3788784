import { expect, test } from 'vitest'
import { jsonLines } from './json-lines.ts'

const values = [{ a: 'é\n' }, [1, 2], { big: 'x'.repeat(1000) }]
const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))

async function* chunksOf(sizeBytes: number, all = bytes) {
  for (let at = 0; at < all.length; at += sizeBytes) yield all.subarray(at, at + sizeBytes)
}

test.each([1, 2, 7, 100, 10_000])('values are whole with chunks of %i bytes', async (sizeBytes) => {
  expect(await collect(jsonLines(chunksOf(sizeBytes)))).toEqual(values)
})

test('a last line without an end counts, and one that was cut is an error', async () => {
  const whole = bytes.subarray(0, -1)
  expect(await collect(jsonLines(chunksOf(64, whole)))).toEqual(values)
  await expect(collect(jsonLines(chunksOf(64, whole.subarray(0, -1))))).rejects.toThrow()
})

test('empty lines are nothing', async () => {
  expect(await collect(jsonLines(chunksOf(3, Buffer.from('\n1\n\n2\n'))))).toEqual([1, 2])
})

async function collect(found: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const value of found) all.push(value)
  return all
}
