import { type Caller, covers } from '../../contract/access.ts'
import type { DesiredProject } from '../../contract/desired.ts'
import type { Work } from '../../contract/documents/work.ts'
import { AppError } from '../../errors/app-error.ts'

/** Whether a caller may have code run as the servers' account, which reaches every instance: on this machine, or as an admin of all. */
const reachesAll = ({ from, role, projects }: Caller): boolean =>
  from === 'socket' || (covers(role, 'admin') && projects === undefined)

/**
 * Holds callers from elsewhere to start scripts that they sent: a path of theirs would be read with the daemon's rights.
 * Shell scripts run as the servers' account, so they are for admins of all projects.
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
      if (name.endsWith('.sh') && !reachesAll(caller)) {
        throw new AppError(
          'FORBIDDEN',
          `the shell script ${name} would run on the daemon’s machine, which needs the role admin for all projects, and “${caller.name}” has not that`,
        )
      }
    }
  }
}

/**
 * The work as this caller may have it done. A superuser's SQL runs programs and reads files as the servers' account (COPY … PROGRAM), so
 * the start scripts of others run with the owner's own rights.
 */
export const withScriptsOf = (caller: Caller, work: readonly Work[]): Work[] =>
  work.map((one) =>
    reachesAll(caller) || !one.desired
      ? one
      : { ...one, desired: { ...one.desired, scriptsAs: 'owner' } },
  )
