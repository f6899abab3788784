import { type Caller, covers } from '../../contract/access.ts'
import type { DesiredProject } from '../../contract/desired.ts'
import { AppError } from '../../errors/app-error.ts'

/**
 * Holds callers from elsewhere to start scripts that they sent: a path of theirs would be read with the daemon's rights.
 * Shell scripts run as the servers' account, which reaches every instance, so they are for admins.
 */
export function expectOwnScripts(
  desired: DesiredProject,
  caller: Caller,
  wasSent: (path: string) => boolean,
): void {
  if (caller.from === 'socket') return
  for (const { initFiles } of Object.values(desired.services)) {
    for (const { name, path } of initFiles) {
      if (!wasSent(path)) {
        throw new AppError(
          'FORBIDDEN',
          `“${path}” is a path of the daemon’s machine, and “${caller.name}” calls from elsewhere`,
          {
            hint: 'Send the script first, as `howdah up` does.',
          },
        )
      }
      if (name.endsWith('.sh') && !covers(caller.role, 'admin')) {
        throw new AppError(
          'FORBIDDEN',
          `“${caller.name}” is ${caller.role}, and the shell script ${name} would run on the daemon’s machine, which needs the role admin`,
        )
      }
    }
  }
}
