import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { storeSuite } from '../store.suite.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'howdah-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const newPath = (): string => join(folder, `${count++}.db`)

storeSuite('the SQLite store', async () => ({
  store: openSqliteStore(newPath()),
  remove: async () => {},
}))

test('what was written is there when the file is opened anew, and revisions go on growing', async () => {
  const path = newPath()
  const before = openSqliteStore(path)
  const revision = await before.write([{ kind: 'put', key: 'a', value: { n: 1 } }])
  await before.close()
  const after = openSqliteStore(path)
  expect(await after.get('a')).toEqual({ key: 'a', value: { n: 1 }, revision })
  expect(await after.write([{ kind: 'put', key: 'a', value: 2 }])).toBeGreaterThan(revision)
  await after.close()
})

test('nobody but us may read the file, its log or its index', async () => {
  const path = newPath()
  const store = openSqliteStore(path)
  await store.write([{ kind: 'put', key: 'a', value: 1 }])
  for (const end of ['', '-wal', '-shm']) expect(statSync(`${path}${end}`).mode & 0o077).toBe(0)
  await store.close()
})

test('opening the file anew ends every lease, however long it was to live', async () => {
  const path = newPath()
  const before = openSqliteStore(path)
  const lease = await before.grantLease(60_000)
  await before.write([
    { kind: 'put', key: 'claim', value: 1, lease },
    { kind: 'put', key: 'kept', value: 1 },
  ])
  await before.close()
  const after = openSqliteStore(path)
  expect((await after.list('')).map((e) => e.key)).toEqual(['kept'])
  expect(await after.renewLease(lease)).toBe(false)
  await after.close()
})

test('a copy made while the store is open has everything and opens by itself', async () => {
  const store = openSqliteStore(newPath())
  await store.write([{ kind: 'put', key: 'a', value: 'x'.repeat(100_000) }])
  const copy = newPath()
  store.backUpTo(copy)
  await store.write([{ kind: 'put', key: 'b', value: 1 }])
  await store.close()
  const opened = openSqliteStore(copy)
  expect((await opened.list('')).map((e) => e.key)).toEqual(['a'])
  await opened.close()
})

test('a writer that is killed leaves a whole file with all that it was told is written', async () => {
  const path = newPath()
  // Pairs that must never be seen apart, as fast as it can; each number is printed once it is written.
  const writer = `
    const { openSqliteStore } = await import(${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))})
    const store = openSqliteStore(${JSON.stringify(path)})
    for (let n = 1; ; n++) {
      const value = { n, filling: 'x'.repeat(n % 5000) }
      await store.write([{ kind: 'put', key: 'left', value }, { kind: 'put', key: 'right', value }])
      process.stdout.write(n + '\\n')
    }`
  let told = 0
  for (let round = 1; round <= 3; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      if (output.split('\n').length > 20 * round) child.kill('SIGKILL')
    }
    expect((await exited)[1]).toBe('SIGKILL')
    told = Number(output.split('\n').at(-2))
    const store = openSqliteStore(path)
    const left = (await store.get('left'))?.value as { n: number }
    expect(left.n).toBeGreaterThanOrEqual(told)
    expect((await store.get('right'))?.value).toEqual(left)
    await store.close()
  }
})

/** A closed store's file with some pages of content. */
async function writtenFile(): Promise<string> {
  const path = newPath()
  const store = openSqliteStore(path)
  const numbers = Array.from({ length: 200 }, (_, n) => n)
  await store.write(
    numbers.map((n) => ({ kind: 'put', key: `documents/${n}`, value: 'x'.repeat(500) })),
  )
  await store.close()
  return path
}

async function overwrite(path: string, at: number, length: number): Promise<Buffer> {
  const bytes = await readFile(path)
  // Bytes that look random, and are the same in every run.
  for (let n = 0; n < length; n++) bytes[at + n] = (n * 167 + 13) % 256
  await writeFile(path, bytes)
  return bytes
}

test.each([
  ['in its header', 0, 100],
  ['in the page after the first', 4096, 4096],
  ['in a page in its middle', 4096 * 10, 4096],
])('a file that is damaged %s is refused and left as it is', async (_, at, length) => {
  const path = await writtenFile()
  const damaged = await overwrite(path, at, length)
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  expect((await readFile(path)).equals(damaged)).toBe(true)
})

test('a file that was cut short is refused and left as it is', async () => {
  const path = await writtenFile()
  const bytes = (await readFile(path)).subarray(0, 4096 * 12)
  await writeFile(path, bytes)
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  expect((await readFile(path)).equals(bytes)).toBe(true)
})

test('a file that something else wrote is refused and left as it is', async () => {
  const path = newPath()
  await writeFile(path, 'not a database, though a text of some length\n'.repeat(50))
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  expect(await readFile(path, 'utf8')).toMatch(/^not a database/)
})

test('a file of a later version is refused and left as it is', async () => {
  const path = await writtenFile()
  const bytes = await readFile(path)
  bytes.writeUInt32BE(999, 60) // user_version, sqlite.org/fileformat.html 1.3
  await writeFile(path, bytes)
  const copy = newPath()
  await copyFile(path, copy)
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_TOO_NEW' }))
  expect((await readFile(path)).equals(await readFile(copy))).toBe(true)
})

test('a damaged file whose writer was killed is left as it is with all that was not yet moved into it', async () => {
  const path = await writtenFile()
  const writer = openSqliteStore(path)
  await writer.write([{ kind: 'put', key: 'newest', value: 1 }])
  const killed = newPath()
  await copyFile(path, killed)
  await copyFile(`${path}-wal`, `${killed}-wal`)
  await writer.close()
  const damaged = await overwrite(killed, 4096 * 10, 4096)
  const wal = await readFile(`${killed}-wal`)
  expect(() => openSqliteStore(killed)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  expect((await readFile(killed)).equals(damaged)).toBe(true)
  expect((await readFile(`${killed}-wal`)).equals(wal)).toBe(true)
})
