import { expect, test } from 'vitest'
import { launchdPlist } from './launchd-plist.ts'

const text = launchdPlist(
  {
    scope: 'user',
    program: ['/opt/node', '/Users/a & b/howdah.js'],
    home: '/Users/a & b/Library',
    path: '/usr/bin:/bin',
  },
  '/Users/a & b/daemon.log',
)

test('the job runs the daemon with its home, and the servers outlive it', () => {
  expect(text).toMatch(
    /<string>\/opt\/node<\/string>\s+<string>[^<]+<\/string>\s+<string>daemon<\/string>\s+<string>run<\/string>/,
  )
  expect(text).toMatch(/<key>AbandonProcessGroup<\/key>\s+<true\/>/)
})

test('paths are escaped as XML wants', () => {
  expect(text).toContain('<string>/Users/a &amp; b/Library</string>')
  expect(text).not.toContain('a & b')
})
