import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../errors/app-error.ts'
import { errnoOf } from '../file-errors.ts'
import { abortError } from '../run.ts'

/** What apt and dpkg lock while they work: the packages, the lists of what there is, and the folder of what was fetched. */
const LOCKS = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/apt/lists/lock',
  '/var/cache/apt/archives/lock',
]

/** Unattended upgrades of a machine that was off for months take minutes. */
const PATIENCE_MS = 600_000
const LOOK_EVERY_MS = 500

interface Watch {
  readonly signal: AbortSignal
  readonly report: (progress: string) => void
}

export interface LockHolder {
  readonly pid: number
  readonly name: string
}

/**
 * Resolves when nobody works with apt or dpkg. `apt-get update` and `dpkg --configure` do not wait for each other by themselves, and no option makes
 * them. PACKAGES_FAILED when somebody still does after ten minutes.
 */
export async function untilAptIsFree(
  { signal, report }: Watch,
  patienceMs = PATIENCE_MS,
  holder: () => LockHolder | undefined = aptUser,
): Promise<void> {
  const deadline = Date.now() + patienceMs
  let told: number | undefined
  for (let user = holder(); user !== undefined; user = holder()) {
    const who = `${user.name} (pid ${user.pid})`
    if (Date.now() >= deadline) {
      const minutes = Math.round(patienceMs / 60_000)
      throw new AppError(
        'PACKAGES_FAILED',
        `${who} has used apt for more than ${minutes} minutes`,
        {
          details: { pid: user.pid, program: user.name },
        },
      )
    }
    if (user.pid !== told) report(`waits for ${who}, which uses apt`)
    told = user.pid
    await pause(signal)
  }
}

/** The process that has one of the locks open, which apt and dpkg do only to hold it; undefined when none has that we may see. */
export function aptUser(locks: readonly string[] = LOCKS): LockHolder | undefined {
  // By the files themselves: a container's apt has locks of the same names.
  const files = new Set(locks.flatMap((path) => identityOf(path) ?? []))
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of pids.map(Number)) {
    if (pid !== process.pid && openFiles(pid).some((file) => files.has(file))) {
      return { pid, name: nameOf(pid) }
    }
  }
  return undefined
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  const names = ifThere(() => readdirSync(folder)) ?? []
  return names.flatMap((name) => identityOf(`${folder}/${name}`) ?? [])
}

/** The same for one file, whatever its path. */
function identityOf(path: string): string | undefined {
  const entry = ifThere(() => statSync(path))
  return entry && `${entry.dev}:${entry.ino}`
}

const nameOf = (pid: number): string =>
  ifThere(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? 'a program'

function ifThere<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    // It ended meanwhile, or is not ours to see.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await wait(LOOK_EVERY_MS, undefined, { signal })
  } catch (error) {
    if (signal.aborted) throw abortError(signal, 'waiting for apt')
    throw error
  }
}
