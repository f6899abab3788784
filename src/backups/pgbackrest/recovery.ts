import type { Backup } from '../../contract/backup.ts'
import type { DataSource } from '../../contract/documents/member.ts'
import { commandWord, fetchList, fetchScript, word } from '../../core/pgbackrest/restore-command.ts'
import type { ArchivedSegment } from '../../core/pgbackrest/archive-listing.ts'
import { AppError } from '../../errors/app-error.ts'
import { writeAtomic } from '../../system/files.ts'
import { firstInPath } from '../../system/program-path.ts'
import { fetchListing } from './fetch-listing.ts'
import type { Stanza } from './stanza.ts'
import { idOf, readInfo } from './stored-backups.ts'

/** Where a new member gets a backup's data: from the first repository that has it. BACKUP_NOT_FOUND. */
export async function sourceOf(stanza: Stanza, { id }: Backup): Promise<DataSource> {
  const { backups } = await readInfo(stanza)
  const copies = backups.filter((b) => idOf(b) === id)
  const [stored] = copies.toSorted((a, b) => a.repository - b.repository)
  if (!stored) {
    throw new AppError('BACKUP_NOT_FOUND', `no repository of the lineage has the backup ${id}`)
  }
  return {
    kind: 'pgbackrest',
    program: stanza.site.program.path,
    configFile: stanza.files.config,
    stanza: stanza.lineage.id,
    backup: stored.label,
    repository: stored.repository,
  }
}

/**
 * Puts the script that fetches WAL for a recovering server into the lineage's folder, with the list of what its repositories have
 * now, and gives the restore_command that runs it. Repositories are asked in their order.
 */
export async function placeRestoreCommand(stanza: Stanza): Promise<string> {
  const { lineage, files, site, repositories } = stanza
  const script = `${lineage.directory}/fetch-wal.sh`
  const list = `${lineage.directory}/archived-wal`
  const known = new Map<string, ArchivedSegment>()
  for (const index of repositories.keys()) {
    const { segments } = await fetchListing(stanza, index + 1)
    for (const segment of segments) known.set(segment.name, known.get(segment.name) ?? segment)
  }
  const owner = site.account
  const command = [
    word(site.program.path),
    word(`--config=${files.config}`),
    `--stanza=${lineage.id}`,
    // Only to find files that are named from the data folder, where the server runs this.
    '--pg1-path="$PWD"',
    'archive-get',
  ].join(' ')
  await writeAtomic(list, fetchList([...known.values()]), { mode: 0o600, owner })
  await writeAtomic(script, fetchScript({ command, list, sha1: await sha1Program() }), {
    mode: 0o700,
    owner,
  })
  return `/bin/sh ${commandWord(script)} "%f" "%p"`
}

/** The machine's own program for SHA-1: GNU's and busybox's, or the one of macOS and the BSDs. */
async function sha1Program(): Promise<string> {
  const found = await firstInPath(['sha1sum', 'shasum'])
  if (found !== undefined) return word(found)
  throw new AppError('NOT_SUPPORTED', 'this machine has no program that computes SHA-1', {
    hint: 'Install one that is called `sha1sum` or `shasum`.',
  })
}
