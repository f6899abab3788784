import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('wal-fetch.ts', import.meta.url))
const segmentBytes = 1024 * 1024

/** The segment of this number on a timeline. */
const name = (timeline: number, number: number): string =>
  [timeline, Math.floor(number / 4096), number % 4096]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('')

/** An archive with these segments, and the program run for a file of it. */
function archive(segments: readonly (readonly [timeline: number, number: number])[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-fetch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const wal = join(folder, "it's wal")
  mkdirSync(wal)
  const target = join(folder, 'RECOVERYXLOG')
  const path = (file: string): string =>
    file.endsWith('.history') ? join(wal, file) : join(wal, file.slice(0, 8), `${file}.zst`)
  const put = (file: string, content: Buffer | string): void => {
    mkdirSync(dirname(path(file)), { recursive: true })
    writeFileSync(path(file), content)
  }
  const pack = (content: Buffer): Buffer =>
    zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  for (const [timeline, number] of segments) {
    put(name(timeline, number), pack(Buffer.alloc(segmentBytes, `${timeline}/${number}`)))
  }
  const fetch = (file: string, from = wal) => {
    const args = [program, from, String(segmentBytes), file, target]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    return { status, stderr }
  }
  return { wal, target, path, put, pack, fetch }
}

test('a segment is unpacked to where the server wants it', () => {
  const { fetch, target } = archive([[1, 7]])
  expect(fetch(name(1, 7))).toEqual({ status: 0, stderr: '' })
  expect(readFileSync(target).equals(Buffer.alloc(segmentBytes, '1/7'))).toBe(true)
})

test('behind the last segment there is none, and recovery may end', () => {
  const { fetch } = archive([
    [1, 4095],
    [1, 4096],
  ])
  expect(fetch(name(1, 4097))).toEqual({ status: 1, stderr: '' })
  expect(fetch(name(3, 1))).toEqual({ status: 1, stderr: '' })
  expect(archive().fetch(name(1, 1)).status).toBe(1)
})

test('a segment that is missing in the middle ends recovery by an error that names it', () => {
  const { fetch } = archive([
    [1, 4094],
    [1, 4096],
  ])
  const { status, stderr } = fetch(name(1, 4095))
  expect(status).toBe(255)
  expect(stderr).toContain(`${name(1, 4095)} is missing`)
})

test('so does one that is damaged, cut off or too short', () => {
  const { fetch, path, put, pack } = archive([
    [1, 1],
    [1, 2],
  ])
  const bytes = readFileSync(path(name(1, 1)))
  bytes[bytes.length - 2]! ^= 1
  put(name(1, 1), bytes)
  expect(fetch(name(1, 1)).status).toBe(255)
  put(name(1, 1), bytes.subarray(0, 20))
  expect(fetch(name(1, 1)).status).toBe(255)
  put(name(1, 2), pack(Buffer.alloc(segmentBytes - 1)))
  expect(fetch(name(1, 2))).toMatchObject({
    status: 255,
    stderr: expect.stringContaining(`${segmentBytes - 1} bytes`),
  })
})

test('an archive that is not there is no end of the WAL', () => {
  const { fetch, wal } = archive()
  expect(fetch(name(1, 1), join(wal, 'elsewhere')).status).toBe(255)
})

test('histories come as they are, and there may be none', () => {
  const { fetch, put, target } = archive()
  put('00000002.history', '1\t0/300000\tno recovery target specified\n')
  expect(fetch('00000002.history').status).toBe(0)
  expect(readFileSync(target, 'utf8')).toContain('0/300000')
  expect(fetch('00000003.history')).toEqual({ status: 1, stderr: '' })
})

test('up to where a younger timeline took over, none may be missing on the older one', () => {
  const { fetch, put } = archive([
    [1, 1],
    [1, 2],
    [2, 4],
    [2, 5],
  ])
  // Into the middle of segment 4.
  put('00000002.history', '1\t0/480000\tno recovery target specified\n')
  expect(fetch(name(1, 3)).status).toBe(255)
  // The server has asked for it on timeline 2 first.
  expect(fetch(name(1, 4)).status).toBe(1)
  // What lies before its beginning is its ancestor's.
  expect(fetch(name(2, 3)).status).toBe(1)
  expect(fetch(name(2, 6)).status).toBe(1)
})

test('the first segment of a timeline may not be missing either', () => {
  const { fetch, put } = archive([
    [1, 3],
    [2, 5],
  ])
  put('00000002.history', '1\t0/480000\tno recovery target specified\n')
  expect(fetch(name(2, 4)).status).toBe(255)
})
