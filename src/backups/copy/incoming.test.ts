import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { arrivedIn } from './incoming.ts'

test('whole files are given in the order of the WAL, histories first; what was begun long ago goes', async () => {
  const incoming = mkdtempSync(join(tmpdir(), 'howdah-test-incoming-'))
  onTestFinished(() => rmSync(incoming, { recursive: true }))
  const names = [
    '000000020000000000000005',
    '000000010000000000000006',
    '000000010000000000000005.partial',
    '000000010000000000000004.00000028.backup',
    '000000010000000000000004',
    '00000002.history',
    'archtemp.000000010000000000000007.42.1',
    '.unfinished.000000010000000000000008',
    'somebody’s file',
  ]
  for (const name of names) writeFileSync(join(incoming, name), '')
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000)
  utimesSync(join(incoming, '.unfinished.000000010000000000000008'), longAgo, longAgo)
  expect(await arrivedIn({ incoming })).toEqual([
    '00000002.history',
    '000000010000000000000004',
    '000000010000000000000004.00000028.backup',
    '000000010000000000000005.partial',
    '000000020000000000000005',
    '000000010000000000000006',
  ])
  expect(readdirSync(incoming)).toContain('archtemp.000000010000000000000007.42.1')
  expect(readdirSync(incoming)).not.toContain('.unfinished.000000010000000000000008')
  expect(await arrivedIn({ incoming: join(incoming, 'nowhere') })).toEqual([])
})
