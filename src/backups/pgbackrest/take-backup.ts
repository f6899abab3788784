import type { Backup } from '../../contract/backup.ts'
import type { StoredBackup } from '../../core/pgbackrest/info.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import { removeTree } from '../../system/files.ts'
import { readControlData } from '../../system/tools/control-data.ts'
import type { BackupAsked } from '../backup-engine.ts'
import { ensureStanza } from './make-stanza.ts'
import { dataOf, serverOptions, type Stanza } from './stanza.ts'
import { ANNOTATIONS, backupsIn, idOf, isRemoved, readAll, readWhole } from './stored-backups.ts'

/** A terabyte in a day is 12 MB/s. A repository that hangs is found out by pgBackRest itself, long before. */
const TIMEOUT_MS = 24 * 60 * 60 * 1000
/** From the end of the copy until its last WAL must be archived. */
const ARCHIVE_TIMEOUT_S = 120

const types = { full: 'full', differential: 'diff', incremental: 'incr' } as const

/**
 * Takes a backup to each repository that has none of this id yet: repeated after a death it goes on with what is missing. The first
 * repository's is the backup; that the off-site one did not take it is told and no failure, for WAL and earlier backups are there.
 */
export async function takeBackup(
  stanza: Stanza,
  asked: BackupAsked,
  watch: Watch,
): Promise<Backup> {
  await ensureStanza(stanza, asked.member)
  const annotations = await annotationsOf(asked)
  for (const [index, { repository }] of stanza.repositories.entries()) {
    const number = index + 1
    try {
      const { backups } = await readWhole(stanza, number)
      if (backups.some((b) => idOf(b) === asked.id && !isRemoved(b))) continue
      // What kept WAL from it may be over, and a backup needs its WAL there.
      if (number > 1) await removeTree(stanza.files.offsiteLate)
      await takeInto(stanza, number, { ...asked, kind: kindOn(backups, asked) }, annotations, watch)
    } catch (error) {
      if (number === 1 || watch.signal.aborted) throw error
      const { message } = AppError.from(error)
      watch.report(`the off-site repository “${repository.name}” has no copy: ${message}`)
    }
  }
  const taken = backupsIn(stanza.lineage, await readAll(stanza)).find(({ id }) => id === asked.id)
  if (taken) return taken
  throw new AppError('BACKUP_FAILED', `pgBackRest took the backup ${asked.id} and does not list it`)
}

/**
 * The kind that a backup can be. pgBackRest builds on the newest one, and that must be the one that counts. One of a stopped server
 * is always full: it would be refused when nothing changed since the last.
 */
function kindOn(backups: readonly StoredBackup[], { cold, kind, previous }: BackupAsked) {
  const newest = backups.at(-1)
  const isOther = previous !== undefined && newest !== undefined && idOf(newest) !== previous.id
  return cold || isOther || backups.some(isRemoved) ? 'full' : kind
}

async function takeInto(
  stanza: Stanza,
  number: number,
  { member, cold, kind }: BackupAsked,
  annotations: readonly string[],
  { signal, report }: Watch,
): Promise<void> {
  const where = cold
    ? ['--no-online', `--pg1-path=${dataOf(member)}`]
    : [...serverOptions(member), `--archive-timeout=${ARCHIVE_TIMEOUT_S}`]
  await stanza.call(
    [
      'backup',
      `--repo=${number}`,
      `--type=${types[kind]}`,
      ...where,
      ...annotations,
      '--log-level-console=detail',
    ],
    {
      signal,
      timeoutMs: TIMEOUT_MS,
      background: member.priority === 'background',
      onLine: (line) => {
        const [, percent] = /DETAIL: backup file .*, (\d+)(?:\.\d+)?%\)/.exec(line) ?? []
        if (percent !== undefined) report(`${percent} % copied`)
      },
    },
  )
}

async function annotationsOf({ id, version, name, cold, member }: BackupAsked): Promise<string[]> {
  const control = cold ? await readControlData(dataOf(member)) : undefined
  const values: Record<string, string | undefined> = {
    [ANNOTATIONS.id]: id,
    [ANNOTATIONS.version]: version,
    [ANNOTATIONS.name]: name,
    [ANNOTATIONS.lsn]: control?.redoLsn,
    [ANNOTATIONS.timeline]: control && String(control.timeline),
  }
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`--annotation=${key}=${value}`],
  )
}
