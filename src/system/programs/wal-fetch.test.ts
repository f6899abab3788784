import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, zstdCompressSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fetchScript } from '../../core/config/archiving.ts'

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
  const ahead = join(folder, 'ahead of it')
  mkdirSync(ahead)
  const script = join(folder, 'fetch.sh')
  writeFileSync(script, fetchScript)
  /** By the program alone, or behind the script that answers what it can without Node. */
  const fetch = (file: string, { from = wal, behind = false, node = process.execPath } = {}) => {
    const args = [program, from, String(segmentBytes), file, target]
    const { status, stderr } = behind
      ? spawnSync('sh', [script, ahead, node, ...args], { encoding: 'utf8' })
      : spawnSync(node, args, { encoding: 'utf8' })
    return { status, stderr }
  }
  return { wal, ahead, target, path, put, pack, fetch }
}

describe.each([
  { way: 'by itself', behind: false },
  { way: 'behind its script', behind: true },
])('the program, $way', ({ behind }) => {
  test('a segment is unpacked to where the server wants it', () => {
    const { fetch, target } = archive([[1, 7]])
    expect(fetch(name(1, 7), { behind })).toEqual({ status: 0, stderr: '' })
    expect(readFileSync(target).equals(Buffer.alloc(segmentBytes, '1/7'))).toBe(true)
  })

  test('behind the last segment there is none, and recovery may end', () => {
    const { fetch } = archive([
      [1, 4095],
      [1, 4096],
    ])
    expect(fetch(name(1, 4097), { behind })).toEqual({ status: 1, stderr: '' })
    expect(fetch(name(3, 1), { behind })).toEqual({ status: 1, stderr: '' })
    expect(archive().fetch(name(1, 1), { behind }).status).toBe(1)
  })

  test('a segment that is missing in the middle ends recovery by an error that names it', () => {
    const { fetch } = archive([
      [1, 4094],
      [1, 4096],
    ])
    const { status, stderr } = fetch(name(1, 4095), { behind })
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
    expect(fetch(name(1, 1), { behind }).status).toBe(255)
    put(name(1, 1), bytes.subarray(0, 20))
    expect(fetch(name(1, 1), { behind }).status).toBe(255)
    put(name(1, 2), pack(Buffer.alloc(segmentBytes - 1)))
    expect(fetch(name(1, 2), { behind })).toMatchObject({
      status: 255,
      stderr: expect.stringContaining(`${segmentBytes - 1} bytes`),
    })
  })

  test('an archive that is not there is no end of the WAL', () => {
    const { fetch, wal } = archive()
    expect(fetch(name(1, 1), { from: join(wal, 'elsewhere'), behind }).status).toBe(255)
  })

  test('histories come as they are, and there may be none', () => {
    const { fetch, put, target } = archive()
    put('00000002.history', '1\t0/300000\tno recovery target specified\n')
    expect(fetch('00000002.history', { behind }).status).toBe(0)
    expect(readFileSync(target, 'utf8')).toContain('0/300000')
    expect(fetch('00000003.history', { behind })).toEqual({ status: 1, stderr: '' })
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
    expect(fetch(name(1, 3), { behind }).status).toBe(255)
    // The server has asked for it on timeline 2 first.
    expect(fetch(name(1, 4), { behind }).status).toBe(1)
    // What lies before its beginning is its ancestor's.
    expect(fetch(name(2, 3), { behind }).status).toBe(1)
    expect(fetch(name(2, 6), { behind }).status).toBe(1)
  })

  test('the first segment of a timeline may not be missing either', () => {
    const { fetch, put } = archive([
      [1, 3],
      [2, 5],
    ])
    put('00000002.history', '1\t0/480000\tno recovery target specified\n')
    expect(fetch(name(2, 4), { behind }).status).toBe(255)
  })
})

describe('the script', () => {
  const alone = { behind: true, node: '/nowhere/node' }

  test('takes a segment that stands ready, without Node, and leaves no second one', () => {
    const { fetch, ahead, target } = archive()
    writeFileSync(join(ahead, name(1, 7)), 'ready')
    expect(fetch(name(1, 7), alone)).toEqual({ status: 0, stderr: '' })
    expect(readFileSync(target, 'utf8')).toBe('ready')
    expect(existsSync(join(ahead, name(1, 7)))).toBe(false)
  })

  test('says without Node that there is no younger timeline, and nothing behind the last segment', () => {
    const { fetch, put } = archive([
      [1, 4095],
      [2, 4096],
    ])
    put('00000002.history', '1\t0/480000\tno recovery target specified\n')
    expect(fetch('00000003.history', alone)).toEqual({ status: 1, stderr: '' })
    expect(fetch(name(2, 4097), alone)).toEqual({ status: 1, stderr: '' })
  })

  test('leaves to the program what may be missing, and what it cannot look at', () => {
    const { fetch, put, wal } = archive([
      [1, 1],
      [1, 3],
      [2, 4],
    ])
    put('00000002.history', '1\t0/380000\tno recovery target specified\n')
    const unanswered = [
      fetch(name(1, 2), alone), // later ones are there
      fetch(name(1, 4), alone), // another timeline goes on with it
      fetch(name(3, 1), alone), // a timeline of which there is no folder
      fetch(name(1, 9), { ...alone, from: join(wal, 'elsewhere') }),
      fetch('00000003.history', { ...alone, from: join(wal, 'elsewhere') }),
      fetch('00000002.history', alone),
    ]
    expect(unanswered.map(({ status }) => status)).toEqual(unanswered.map(() => 127))
  })
})
