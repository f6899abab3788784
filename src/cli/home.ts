import { join } from 'node:path'

interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  readonly userHome: string
}

/**
 * The folder that holds everything of one installation: HOWDAH_HOME, else /var/lib/howdah for root, else the
 * platform's place for a user's data (XDG Base Directory on Linux, Application Support on macOS).
 */
export function homeDirectory({ env, platform, isRoot, userHome }: Machine): string {
  if (env['HOWDAH_HOME']) return env['HOWDAH_HOME']
  if (isRoot) return '/var/lib/howdah'
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support', 'howdah')
  return join(env['XDG_DATA_HOME'] || join(userHome, '.local', 'share'), 'howdah')
}
