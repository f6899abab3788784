import { expect, test } from 'vitest'
import { homeDirectory } from './home.ts'

const user = { env: {}, platform: 'linux', isRoot: false, userHome: '/home/me' } as const

test.each([
  [{ ...user, env: { HOWDAH_HOME: '/srv/h' }, isRoot: true }, '/srv/h'],
  [{ ...user, isRoot: true }, '/var/lib/howdah'],
  [user, '/home/me/.local/share/howdah'],
  [{ ...user, env: { XDG_DATA_HOME: '/data' } }, '/data/howdah'],
  [{ ...user, env: { XDG_DATA_HOME: '' } }, '/home/me/.local/share/howdah'],
  [
    { ...user, platform: 'darwin' as const, userHome: '/Users/me' },
    '/Users/me/Library/Application Support/howdah',
  ],
])('%j keeps its data in %s', (machine, home) => {
  expect(homeDirectory(machine)).toBe(home)
})
