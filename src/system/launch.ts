import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '../errors/app-error.ts'
import type { Account } from './account.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { readProcess } from './process-table.ts'
import type { ProcessIdentity } from './processes.ts'

/** A long-lived server to start. */
export interface Launch {
  /** Absolute path of the program, or a name to find in PATH. */
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to PATH, LANG and TZ; nothing else of our environment is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Gets everything that the program prints, appended; created with mode 0600. */
  readonly logFile: string
  /** Who it runs as; only root may name one. Without: as us. */
  readonly account?: Account | undefined
  /** Called just before the program begins, when all else is prepared: what is given free for it is so no longer than needed. */
  readonly beforeStart?: (() => void) | undefined
}

/**
 * Starts a server that outlives us: a session of its own, no terminal, no inherited secret, output to a file. Gives its
 * identity as soon as the program runs, which does not mean that it is ready. Throws SERVER_START_FAILED with the errno
 * (ENOENT: no such program or folder; EACCES: not executable), or DISK_FULL / HOME_UNUSABLE for the log file.
 */
export async function launchDetached(launch: Launch): Promise<ProcessIdentity> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW
  await using log = await withFileErrors(launch.logFile, () => open(launch.logFile, flags, 0o600))
  launch.beforeStart?.()
  const child = spawn(launch.program, launch.args, {
    cwd: launch.cwd,
    env: { ...inherited(), ...launch.env },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    // Node drops the supplementary groups with these (libuv calls setgroups).
    ...(launch.account ? { uid: launch.account.uid, gid: launch.account.gid } : {}),
  })
  // Read before the event loop turns: a program that ends at once is a zombie until then, and still has a start time.
  const entry = child.pid === undefined ? undefined : readProcess(child.pid)
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw startError(error, launch)
  }
  child.unref()
  if (!entry) {
    throw new AppError('SERVER_START_FAILED', `${launch.program} ended before it could be seen`, {
      details: { program: launch.program, logFile: launch.logFile },
    })
  }
  return { pid: entry.pid, startedAt: entry.startedAt }
}

/** PATH, LANG and TZ where we have them. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'LANG', 'TZ'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function startError(error: unknown, { program, cwd, account }: Launch): AppError {
  const errno = errnoOf(error)
  const as = account ? ` as ${account.name}` : ''
  const reason =
    errno === 'ENOENT'
      ? existsSync(cwd)
        ? 'there is no such program, or not the interpreter it names'
        : `the folder to start it in, ${cwd}, does not exist`
      : errno === 'EACCES'
        ? `it, or ${cwd}, may not be entered or executed${as}`
        : errno === 'EPERM'
          ? `only root may start it${as}`
          : error instanceof Error
            ? error.message
            : String(error)
  return new AppError('SERVER_START_FAILED', `cannot start ${program}: ${reason}`, {
    details: { program, cwd, ...(errno ? { errno } : {}) },
    cause: error,
  })
}
