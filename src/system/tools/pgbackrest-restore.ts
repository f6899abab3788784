import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../account.ts'
import { ensureDirectory } from '../files.ts'
import { type Finished, tail } from '../run.ts'
import { pgbackrest, type PgbackrestCall } from './pgbackrest.ts'

/** One backup in a repository, as a member's document names it. */
export interface BackupSource {
  readonly program: string
  readonly configFile: string
  readonly stanza: string
  /** pgBackRest's label of it. */
  readonly backup: string
  /** Number of the repository in the configuration. */
  readonly repository: number
}

export interface RestoreOptions {
  /** Who the data will belong to; undefined: us. */
  readonly account: Account | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void
  /** It may only use what others leave of processor and disk. */
  readonly background?: boolean
}

/** A terabyte in a day is 12 MB/s. One that hangs is found out by pgBackRest itself, long before. */
const TIMEOUT_MS = 24 * 60 * 60 * 1000
const INFO_TIMEOUT_MS = 2 * 60 * 1000

/**
 * Restores a backup's data into a folder that is empty or missing, durably; nothing else is in it: no settings of recovery, and no
 * `recovery.signal` even where pgBackRest writes one (before 2.47). With `backup_label` the data must be recovered from WAL.
 * Throws REPOSITORY_UNREACHABLE or BACKUP_DAMAGED with `details.exitCode` and `details.stderr`, and the signal's error.
 */
export async function restoreData(
  source: BackupSource,
  directory: string,
  { account, signal, onProgress, background }: RestoreOptions,
): Promise<void> {
  await ensureDirectory(directory, { mode: 0o700, owner: account })
  const call = { ...source, account, signal, timeoutMs: TIMEOUT_MS, background }
  const bytesTotal = await sizeOf(source, call)
  const ended = await pgbackrest({
    ...call,
    args: [
      'restore',
      `--repo=${source.repository}`,
      `--set=${source.backup}`,
      `--pg1-path=${directory}`,
      // Keeps postgresql.auto.conf as it was backed up, where `preserve` would leave it out.
      '--type=none',
      '--log-level-console=detail',
    ],
    onLine: (line) => {
      const share = shareIn(line)
      if (share !== undefined) onProgress({ bytesDone: Math.round(share * bytesTotal), bytesTotal })
    },
  })
  if (ended.exitCode !== 0) throw failed(source, ended)
  for (const name of ['recovery.signal', 'standby.signal']) {
    await rm(join(directory, name), { force: true })
  }
}

/** How large the backup is when restored; asked first, so that one that is not there is said to be so. */
async function sizeOf(source: BackupSource, call: Omit<PgbackrestCall, 'args'>): Promise<number> {
  const { repository, backup } = source
  const ended = await pgbackrest({
    ...call,
    timeoutMs: INFO_TIMEOUT_MS,
    args: ['info', `--repo=${repository}`, '--output=json'],
  })
  if (ended.exitCode !== 0) throw failed(source, ended)
  const [stanza] = JSON.parse(ended.stdout) as [StanzaSizes?]
  const size = stanza?.backup.find(({ label }) => label === backup)?.info.size
  if (size !== undefined) return size
  const words = stanza?.repo.map(({ status }) => status.message).join('; ')
  throw new AppError('BACKUP_DAMAGED', `the repository does not have the backup ${backup}`, {
    details: { stanza: source.stanza, repository, words },
  })
}

/** The parts of `pgbackrest info --output=json` that matter here. */
interface StanzaSizes {
  readonly backup: readonly { readonly label: string; readonly info: { readonly size: number } }[]
  readonly repo: readonly { readonly status: { readonly message: string } }[]
}

/** How much is done, from 0 to 1, by a line of the log: `restore file … (8KB, 8.13%) checksum …`. */
function shareIn(line: string): number | undefined {
  const [, percent] = /DETAIL: restore file .*, (\d+(?:\.\d+)?)%\)/.exec(line) ?? []
  return percent === undefined ? undefined : Number(percent) / 100
}

/** Exit codes of pgBackRest (its error.yaml) for a store that cannot be reached, or does not answer. */
const unreachable = [39, 49, 95, 101, 105]

function failed({ backup, stanza }: BackupSource, { exitCode, stderr }: Finished): AppError {
  const code = unreachable.includes(exitCode) ? 'REPOSITORY_UNREACHABLE' : 'BACKUP_DAMAGED'
  const message = `pgBackRest could not restore the backup ${backup} of ${stanza}: exit code ${exitCode}`
  return new AppError(code, message, { details: { exitCode, stderr: tail(stderr) } })
}
