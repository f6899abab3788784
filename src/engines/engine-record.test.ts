import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Engine } from '../contract/engine.ts'
import { EngineRecord, engineOf, parseAs, recordOf } from './engine-record.ts'

const facts: Omit<Engine, 'binDirectory'> = {
  id: 'npm-16.14',
  kind: 'npm',
  major: 16,
  minor: 14,
  tools: [],
  extensions: [],
  features: [],
}

/** An engine's folders, described. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-record-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [binDirectory = '', extensionDirectory = '', libraryDirectory = ''] = [
    'bin',
    'extension',
    'lib',
  ].map((name) => join(folder, name))
  for (const path of [binDirectory, extensionDirectory, libraryDirectory]) mkdirSync(path)
  const engine: Engine = { ...facts, binDirectory }
  return { folder, described: { engine, extensionDirectory, libraryDirectory } }
}

test('a record holds until something changes in one of the folders, the libraries’ too', async () => {
  const { folder, described } = place()
  const record = await recordOf(described, folder)
  expect(await engineOf(record, folder)).toEqual(described.engine)
  writeFileSync(join(folder, 'lib', 'basic_archive.so'), '')
  expect(await engineOf(record, folder)).toBeUndefined()
})

test('a record holds in another place', async () => {
  const { folder, described } = place()
  const record = await recordOf(described, folder)
  renameSync(folder, `${folder}-moved`)
  onTestFinished(() => rmSync(`${folder}-moved`, { recursive: true }))
  const binDirectory = join(`${folder}-moved`, 'bin')
  expect(await engineOf(record, `${folder}-moved`)).toEqual({ ...facts, binDirectory })
})

test('what an older daemon remembered is found out anew', async () => {
  const { folder, described } = place()
  const text = JSON.stringify(await recordOf(described, folder))
  expect(parseAs(EngineRecord, text)).toBeDefined()
  expect(parseAs(EngineRecord, text.replace('"formatVersion":2', '"formatVersion":1'))).toBe(
    undefined,
  )
})
