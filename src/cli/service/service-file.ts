import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchdLabel, launchdPlist } from '../../core/config/launchd-plist.ts'
import { type DaemonService, systemdUnit } from '../../core/config/systemd-unit.ts'

/** A service manager's file for the daemon, and the commands that put it to work. */
export interface ServiceFile {
  readonly path: string
  readonly text: string
  readonly commands: readonly (readonly string[])[]
  /** Something else that a person should do. */
  readonly advice: string | undefined
}

interface Machine {
  readonly platform: 'linux' | 'darwin'
  readonly scope: DaemonService['scope']
  readonly home: string
  readonly userHome: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The file for this machine's service manager: systemd on Linux, launchd on macOS. */
export function serviceFile(machine: Machine): ServiceFile {
  const { scope, home } = machine
  const service: DaemonService = {
    scope,
    home,
    program: [process.execPath, launcher],
    path: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  }
  return machine.platform === 'darwin' ? launchd(service, machine) : systemd(service, machine)
}

const launcher = fileURLToPath(new URL('../../../bin/howdah.js', import.meta.url))

function systemd(service: DaemonService, { scope, userHome, env }: Machine): ServiceFile {
  const configHome = env['XDG_CONFIG_HOME'] || join(userHome, '.config')
  const folder = scope === 'system' ? '/etc/systemd/system' : join(configHome, 'systemd', 'user')
  const systemctl = scope === 'system' ? ['systemctl'] : ['systemctl', '--user']
  return {
    path: join(folder, 'howdah.service'),
    text: systemdUnit(service),
    commands: [
      [...systemctl, 'daemon-reload'],
      [...systemctl, 'enable', '--now', 'howdah.service'],
    ],
    advice:
      scope === 'user' ? 'To have it run without a login: `loginctl enable-linger`.' : undefined,
  }
}

function launchd(service: DaemonService, { scope, home, userHome, uid }: Machine): ServiceFile {
  const folder =
    scope === 'system' ? '/Library/LaunchDaemons' : join(userHome, 'Library', 'LaunchAgents')
  const path = join(folder, `${launchdLabel}.plist`)
  return {
    path,
    text: launchdPlist(service, join(home, 'log', 'daemon.log')),
    commands: [['launchctl', 'bootstrap', scope === 'system' ? 'system' : `gui/${uid}`, path]],
    advice: undefined,
  }
}
