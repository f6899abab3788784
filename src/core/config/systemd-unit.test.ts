import { expect, test } from 'vitest'
import { systemdUnit } from './systemd-unit.ts'

const service = {
  scope: 'system',
  program: ['/usr/bin/node', '/opt/ho wdah/50%/a$b"c/howdah.js'],
  home: '/var/lib/howdah',
  path: '/usr/bin:/bin',
} as const

test('only the daemon is stopped with the unit, and a lasting failure is not tried again', () => {
  const lines = systemdUnit(service).split('\n')
  expect(lines).toContain('KillMode=process')
  expect(lines).toContain('RestartPreventExitStatus=73 74 78')
  expect(lines).toContain('WantedBy=multi-user.target')
})

test('paths are quoted as systemd reads them', () => {
  expect(systemdUnit(service)).toContain(
    'ExecStart="/usr/bin/node" "/opt/ho wdah/50%%/a$$b\\"c/howdah.js" daemon run\n',
  )
  expect(systemdUnit({ ...service, home: '/data/100%' })).toContain(
    'Environment="HOWDAH_HOME=/data/100%%"\n',
  )
})

test('a user’s unit starts with the user', () => {
  const text = systemdUnit({ ...service, scope: 'user' })
  expect(text).toContain('WantedBy=default.target')
  expect(text).not.toContain('network.target')
})
