import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasProgram } from '../support/lab/project-folder.ts'
import { openLab } from '../support/lab-home.ts'

const able = process.platform === 'linux' && hasProgram('systemd-analyze')

test.skipIf(!able).each(['--system', '--user'])(
  'systemd finds no fault in the unit for %s',
  async (scope) => {
    await using lab = await openLab({ engines: 'none' })
    const { stdout } = await lab.howdah(['daemon', 'install', '--print', scope])
    const file = join(lab.root, 'howdah.service')
    writeFileSync(file, stdout)
    const said = execFileSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    expect(said).toBe('')
  },
)

test.skipIf(process.platform !== 'linux')(
  'a user’s unit is written where systemd looks for it',
  async () => {
    await using lab = await openLab({ engines: 'none' })
    const env = { HOME: lab.root, XDG_CONFIG_HOME: join(lab.root, 'config') }
    const { stdout, status, stderr } = await lab.howdah(['daemon', 'install', '--user', '--json'], {
      env,
    })
    const answer = JSON.parse(stdout || '{}') as { path?: string; enabled?: boolean }
    // Where systemd runs and this account has no session, enabling it fails after the file was written.
    if (status === 0) expect(answer.path).toBe(join(lab.root, 'config/systemd/user/howdah.service'))
    else expect(stderr + stdout).toContain('systemctl --user')
  },
)
