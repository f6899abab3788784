import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { serviceFile } from './service-file.ts'

const machine = { home: '/srv/howdah', userHome: '/home/ada', uid: 501, env: {} } as const

test('the file goes where the service manager looks', () => {
  const path = (platform: 'linux' | 'darwin', scope: 'system' | 'user') =>
    serviceFile({ ...machine, platform, scope }).path
  expect(path('linux', 'system')).toBe('/etc/systemd/system/howdah.service')
  expect(path('linux', 'user')).toBe('/home/ada/.config/systemd/user/howdah.service')
  expect(path('darwin', 'system')).toBe('/Library/LaunchDaemons/dev.howdah.daemon.plist')
  expect(path('darwin', 'user')).toBe('/home/ada/Library/LaunchAgents/dev.howdah.daemon.plist')
})

test('launchd loads the job into the session of its user', () => {
  const { commands } = serviceFile({ ...machine, platform: 'darwin', scope: 'user' })
  expect(commands[0]?.slice(0, 3)).toEqual(['launchctl', 'bootstrap', 'gui/501'])
})

const analyze = '/usr/bin/systemd-analyze'
test.skipIf(!existsSync(analyze))('systemd finds no fault in the unit', () => {
  const { path, text } = serviceFile({ ...machine, platform: 'linux', scope: 'system' })
  const folder = mkdtempSync(join(tmpdir(), 'howdah-unit-'))
  try {
    const file = join(folder, basename(path))
    writeFileSync(file, text)
    const said = execFileSync(analyze, ['verify', '--man=no', file], { encoding: 'utf8' })
    expect(said).toBe('')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
