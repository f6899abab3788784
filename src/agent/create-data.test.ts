import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { member } from '../core/plan/documents.suite.ts'
import { createData } from './create-data.ts'

/** A base of three files and a member that is made of it. */
function home() {
  const root = mkdtempSync(join(tmpdir(), 'howdah-test-create-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const base = join(root, 'base')
  mkdirSync(join(base, 'sub'), { recursive: true })
  for (const name of ['PG_VERSION', 'sub/1', 'sub/2']) writeFileSync(join(base, name), '16')
  const directory = join(root, 'member')
  const source = { kind: 'copy', directory: base, durable: false, recover: true } as const
  return { base, doc: member({ directory, source }) }
}

const making = (onProgress: () => void) => ({
  env: { account: undefined },
  signal: new AbortController().signal,
  onProgress,
})

test('a copy of a backup has all that the backup has, and is marked for recovery', async () => {
  const { doc } = home()
  await createData(
    doc,
    making(() => {}),
  )
  const made = readdirSync(join(doc.directory, 'data'), { recursive: true }).map(String)
  expect(new Set(made)).toEqual(new Set(['PG_VERSION', 'recovery.signal', 'sub', 'sub/1', 'sub/2']))
})

test('a backup that is removed while it is copied is never taken for whole', async () => {
  const { base, doc } = home()
  let removed = false
  // As a clean-up does it: first the name, then one file after the other.
  const remove = (): void => {
    if (removed) return
    removed = true
    renameSync(base, `${base}.part`)
    rmSync(join(`${base}.part`, 'sub/2'))
  }
  await expect(createData(doc, making(remove))).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
  expect(readdirSync(doc.directory)).not.toContain('data')
})
