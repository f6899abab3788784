import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { type Finished, run, tail } from '../run.ts'
import { aptUser, untilAptIsFree } from './apt-locks.ts'
import { aptProgress, isStatusLine } from './apt-progress.ts'

interface Watch {
  readonly signal: AbortSignal
  readonly report: (progress: string) => void
}

/**
 * Nothing asks a person; an administrator’s changed configuration file stays. needrestart, which Ubuntu runs after apt, would otherwise restart
 * services that use a library that came anew, databases among them.
 */
const ENV = {
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  APT_LISTCHANGES_FRONTEND: 'none',
  NEEDRESTART_SUSPEND: '1',
  NEEDRESTART_MODE: 'l',
}

const KEEP_SETTINGS = ['--force-confdef', '--force-confold']

const OPTIONS = [
  ...KEEP_SETTINGS.flatMap((option) => ['-o', `DPkg::Options::=${option}`]),
  // Beside our own waiting: somebody may come between.
  '-o',
  'DPkg::Lock::Timeout=600',
  '-o',
  'Dpkg::Use-Pty=0',
  '-o',
  'APT::Status-Fd=3',
  '-o',
  'Acquire::Retries=3',
]

/** Apart from the machine's own cache, so that what we fetched can go without what others did. */
const ARCHIVES = '/var/cache/howdah-packages'

const FROM_ARCHIVES = ['-o', `Dir::Cache::Archives=${ARCHIVES}`]

/** The status comes with the other output. On standard output itself apt would close that for the packages' own scripts. */
const WITH_STATUS = ['-c', 'exec "$@" 3>&1', 'sh']

/** No package goes for the sake of another, and none comes that is only recommended. */
const INSTALL = ['install', '--yes', '--no-install-recommends', '--no-remove', '--fix-broken']

/** Somebody who takes apt between our look and our start makes ours fail; a failure of its own must not be tried for ever. */
const ATTEMPTS = 3

/** Finishes what a dpkg that died left half-way, as apt itself demands it. Does nothing otherwise. */
export async function finishInterrupted(watch: Watch): Promise<void> {
  const args = [...KEEP_SETTINGS, '--configure', '-a']
  expectDone(await attempt('dpkg', args, watch), 'dpkg --configure -a')
}

/** Reads the lists of all sources anew. Gives apt’s words when it could not; what was read before still counts then. */
export async function refreshLists(watch: Watch): Promise<string | undefined> {
  watch.report('reads the package lists')
  // By itself it counts a source that cannot be reached as read.
  const args = [...OPTIONS, '-o', 'APT::Update::Error-Mode=any', 'update']
  const { exitCode, words } = await attempt('apt-get', args, watch, watch)
  return exitCode === 0 ? undefined : words
}

/**
 * Fetches packages with all that they need, and leaves the machine as it is. PACKAGES_FAILED with apt’s words, and with those
 * of {@link refreshLists} where it failed before.
 */
export async function fetchPackages(
  names: readonly string[],
  watch: Watch,
  unread: string | undefined,
): Promise<void> {
  // apt makes them only where its own cache is.
  await mkdir(join(ARCHIVES, 'partial'), { recursive: true })
  const args = [...OPTIONS, ...FROM_ARCHIVES, ...INSTALL, '--download-only', ...names]
  expectDone(await attempt('apt-get', args, watch, watch), `fetching ${names.join(', ')}`, unread)
}

/**
 * Installs packages, which have been fetched best. It is not cut off by the watch’s signal: an installation that stops half-way leaves the machine
 * without working packages. PACKAGES_FAILED with apt’s words.
 */
export async function installFetched(names: readonly string[], watch: Watch): Promise<void> {
  const args = [...OPTIONS, ...FROM_ARCHIVES, ...INSTALL, ...names]
  const done = await attempt('apt-get', args, watch, { isFetched: true })
  expectDone(done, `installing ${names.join(', ')}`)
}

/** Removes what {@link fetchPackages} has left, once it is installed. */
export async function forgetFetched(): Promise<void> {
  await rm(ARCHIVES, { recursive: true, force: true })
}

interface Attempt {
  readonly exitCode: number
  /** The last lines of what it printed for people. */
  readonly words: string
}

/** Runs apt or dpkg once nobody else does, and again when somebody came between. */
async function attempt(
  program: string,
  args: readonly string[],
  watch: Watch,
  {
    signal,
    isFetched = false,
  }: { readonly signal?: AbortSignal; readonly isFetched?: boolean } = {},
): Promise<Attempt> {
  for (let left = ATTEMPTS; ; left--) {
    await untilAptIsFree(watch)
    let told = ''
    const onLine = (line: string): void => {
      const progress = aptProgress(line, isFetched)
      if (progress === undefined || progress === told) return
      told = progress
      watch.report(progress)
    }
    const finished = await run('sh', [...WITH_STATUS, program, ...args], {
      env: ENV,
      cwd: '/',
      signal,
      onLine,
    })
    if (finished.exitCode === 0 || left === 1 || aptUser() === undefined) {
      return { exitCode: finished.exitCode, words: wordsOf(finished) }
    }
  }
}

const wordsOf = ({ stdout, stderr }: Finished): string =>
  tail(
    [...stdout.split('\n').filter((line) => !isStatusLine(line)), ...stderr.split('\n')]
      .filter((line) => line.trim() !== '')
      .join('\n'),
  )

function expectDone({ exitCode, words }: Attempt, what: string, unread?: string): void {
  if (exitCode === 0) return
  const reason = complaintIn(words) ?? `exit code ${exitCode}`
  const lists = unread === undefined ? undefined : (complaintIn(unread) ?? unread)
  const also = lists === undefined ? '' : `; the package lists could not be read anew: ${lists}`
  throw new AppError('PACKAGES_FAILED', `${what} failed: ${reason}${also}`, {
    details: { exitCode, output: words, ...(unread === undefined ? {} : { unread }) },
  })
}

/** The first of apt's or dpkg's own lines about an error, which is the cause of the others. */
function complaintIn(words: string): string | undefined {
  const line = words.split('\n').find((one) => /^(?:E|dpkg):/.test(one))
  return line?.replace(/^E: /, '')
}
