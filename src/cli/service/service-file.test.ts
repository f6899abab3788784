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
