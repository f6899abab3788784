import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { archivingSettings } from './archiving.ts'
import { ARCHIVE_BOTH_FILE, archivingToBoth } from './archiving-both.ts'

const name = '000000010000000000000007'

/** A data directory with a finished file, and two places to archive to. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-both-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const places = ['a', `it's 100%f "b" $HOME`].map((part) => join(folder, part))
  const data = join(folder, 'data')
  for (const path of [...places, join(data, 'pg_wal')]) mkdirSync(path, { recursive: true })
  writeFileSync(join(data, 'pg_wal', name), 'whole')
  const [first = '', second = ''] = places.map(
    (incoming) => archivingSettings({ major: 14, features: [], incoming })['archive_command'],
  )
  const { settings, script } = archivingToBoth(16, [first, second])
  writeFileSync(join(data, ARCHIVE_BOTH_FILE), script)
  const command = settings['archive_command'] ?? ''
  const run = () =>
    spawnSync('/bin/sh', ['-c', command.replace('%p', `pg_wal/${name}`).replace('%f', name)], {
      cwd: data,
    }).status
  return { places, run, settings }
}

test('a file is archived when both places have it, and again is success', () => {
  const { places, run, settings } = place()
  expect(settings['archive_library']).toBe('')
  expect(Buffer.byteLength(settings['archive_command'] ?? '')).toBeLessThan(1024)
  expect([run(), run()]).toEqual([0, 0])
  for (const path of places) expect(readFileSync(join(path, name), 'utf8')).toBe('whole')
})

test('when one place does not take it, it is not archived', () => {
  for (const at of [0, 1]) {
    const { places, run } = place()
    execFileSync('rm', ['-r', places[at] ?? ''])
    expect(run()).not.toBe(0)
  }
})
