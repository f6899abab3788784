import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closedFolder, mayEnter } from './closed-folder.ts'

const account = { uid: 12345, gid: 23456 }

test('the first class that fits decides: owner, then group, then others', () => {
  expect(mayEnter({ mode: 0o100, uid: 12345, gid: 0 }, account)).toBe(true)
  expect(mayEnter({ mode: 0o011, uid: 12345, gid: 23456 }, account)).toBe(false)
  expect(mayEnter({ mode: 0o010, uid: 0, gid: 23456 }, account)).toBe(true)
  expect(mayEnter({ mode: 0o101, uid: 0, gid: 23456 }, account)).toBe(false)
  expect(mayEnter({ mode: 0o001, uid: 0, gid: 0 }, account)).toBe(true)
  expect(mayEnter({ mode: 0o770, uid: 0, gid: 0 }, account)).toBe(false)
})

test('the outermost closed folder is named; without an account nothing is closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-closed-'))
  try {
    const closed = join(folder, 'closed')
    mkdirSync(join(closed, 'inner'), { recursive: true })
    chmodSync(folder, 0o755)
    chmodSync(closed, 0o700)
    chmodSync(join(closed, 'inner'), 0o700)
    const path = join(closed, 'inner', 'program')
    expect(await closedFolder(path, account)).toBe(closed)
    expect(await closedFolder(path, undefined)).toBeUndefined()
    chmodSync(closed, 0o711)
    expect(await closedFolder(path, account)).toBe(join(closed, 'inner'))
    chmodSync(join(closed, 'inner'), 0o711)
    expect(await closedFolder(path, account)).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
