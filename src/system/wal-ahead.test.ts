import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { unpackAhead } from './wal-ahead.ts'

/** Two of them stand ready at a time. */
const segmentBytes = 32 * 1024 * 1024
const name = (number: number): string => `0000000100000000${number.toString(16).padStart(8, '0')}`

/** An archive with these segments, and what stands ready of it. */
function archive(numbers: readonly number[]) {
  const root = mkdtempSync(join(tmpdir(), 'howdah-test-ahead-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const wal = join(root, 'wal')
  const folder = join(root, 'ahead')
  mkdirSync(join(wal, '00000001'), { recursive: true })
  mkdirSync(folder)
  const put = (number: number, content: Buffer): void =>
    writeFileSync(join(wal, '00000001', `${name(number)}.zst`), zstdCompressSync(content))
  for (const number of numbers) put(number, Buffer.alloc(segmentBytes, number))
  const stop = new AbortController()
  const begin = (first: number) => {
    const ended = unpackAhead(
      { wal, segmentBytes, first: name(first), folder, owner: undefined },
      { signal: stop.signal },
    ).catch((error: unknown) => error)
    onTestFinished(async () => {
      stop.abort()
      await ended
    })
    return ended
  }
  const ready = (): string[] => readdirSync(folder).filter((file) => !file.startsWith('.'))
  return {
    put,
    begin,
    ready,
    untilReady: (...numbers: number[]) =>
      vi.waitUntil(() => JSON.stringify(ready()) === JSON.stringify(numbers.map(name)), {
        timeout: 30_000,
      }),
    take: (number: number): Buffer => {
      const content = readFileSync(join(folder, name(number)))
      rmSync(join(folder, name(number)))
      return content
    },
  }
}

test('the next segments stand ready, and others follow those that are taken, up to the last, which comes twice', async () => {
  const { begin, untilReady, take } = archive([1, 2, 3, 4])
  void begin(2)
  await untilReady(2, 3)
  expect(take(2).equals(Buffer.alloc(segmentBytes, 2))).toBe(true)
  await untilReady(3, 4)
  // Nobody comes back for the one before it.
  take(4)
  await untilReady(4)
  expect(take(4).equals(Buffer.alloc(segmentBytes, 4))).toBe(true)
})

test('nothing that is damaged is ever ready, nor anything behind it', async () => {
  const { put, begin, untilReady, ready } = archive([1, 2, 3])
  put(2, Buffer.alloc(segmentBytes - 1))
  const ended = begin(1)
  await untilReady(1)
  expect(await ended).toMatchObject({ message: `${name(2)} is too short` })
  expect(ready()).toEqual([name(1)])
})
