import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { facts } from './facts.suite.ts'
import { addToIndex, createIndexReader, type IndexLine, writeIndex } from './wal-index.ts'

const line = (number: number, storedBytes = 100): IndexLine => ({
  segment: `00000001000000000000000${number}`,
  storedBytes,
  archivedAt: '2026-01-02T03:04:05.000Z',
  facts,
  xids: { least: 7, most: 9 },
})

function index() {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-index-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'index.jsonl')
  const read = createIndexReader(path)
  const sizes = async () => [...(await read()).values()].map(({ storedBytes }) => storedBytes)
  return { path, read, sizes, add: (one: IndexLine) => addToIndex(path, one) }
}

test('an index that is not there yet is empty', async () => {
  expect((await index().read()).size).toBe(0)
})

test('what was added is read, and of two lines for a segment the last', async () => {
  const { add, read } = index()
  await add(line(1))
  await add(line(2))
  await add(line(1, 200))
  expect([...(await read()).values()]).toEqual([line(1, 200), line(2)])
})

test('what comes later is read too, and nothing new is the same answer', async () => {
  const { add, read, sizes } = index()
  await add(line(1))
  const first = await read()
  expect(await read()).toBe(first)
  await add(line(2, 300))
  expect(await sizes()).toEqual([100, 300])
  expect(first.size).toBe(1)
})

test('who asks while another one’s answer is read gets the same, and no line is passed over', async () => {
  const { add, read, sizes } = index()
  for (let number = 1; number <= 5; number++) {
    await add(line(number))
    const answers = await Promise.all([read(), read(), read()])
    expect(answers.map(({ size }) => size)).toEqual([number, number, number])
  }
  expect(await sizes()).toEqual([100, 100, 100, 100, 100])
})

test('a line that a death cut off is none, and spoils no later one', async () => {
  const { add, path, sizes } = index()
  await add(line(1))
  await add(line(2))
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, -30))
  expect(await sizes()).toEqual([100])
  await add(line(3, 300))
  expect(await sizes()).toEqual([100, 300])
})

test('an index that was replaced, cut or edited in its place is read anew', async () => {
  const { add, path, sizes } = index()
  for (const number of [1, 2, 3]) await add(line(number))
  expect(await sizes()).toEqual([100, 100, 100])
  await writeIndex(path, [line(3)])
  expect(await sizes()).toEqual([100])
  writeFileSync(path, readFileSync(path, 'utf8').replace('"storedBytes":100', '"storedBytes":999'))
  expect(await sizes()).toEqual([999])
  writeFileSync(path, '')
  expect(await sizes()).toEqual([])
})

test('lines of another format, and lines that are none, are not read', async () => {
  const { add, path, sizes } = index()
  await add(line(1))
  appendFileSync(
    path,
    'no json\n{"format":2,"segment":"000000010000000000000002","facts":{}}\n[]\n',
  )
  appendFileSync(path, '{"format":1,"segment":"somewhere","facts":{}}\nnull\n')
  expect(await sizes()).toEqual([100])
})
