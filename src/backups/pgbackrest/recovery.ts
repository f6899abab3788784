import type { Backup } from '../../contract/backup.ts'
import type { DataSource } from '../../contract/documents/member.ts'
import { commandWord, fetchList, fetchScript, word } from '../../core/pgbackrest/restore-command.ts'
import type { ArchivedSegment } from '../../core/pgbackrest/archive-listing.ts'
import { AppError } from '../../errors/app-error.ts'
import { writeAtomic } from '../../system/files.ts'
import { firstInPath } from '../../system/program-path.ts'
import { fetchListing } from './fetch-listing.ts'
import type { Stanza } from './stanza.ts'
import { idOf, readAll } from './stored-backups.ts'

/** Where a new member gets a backup's data: from the first repository that has it. BACKUP_NOT_FOUND. */
export async function sourceOf(stanza: Stanza, { id }: Backup): Promise<DataSource> {
  const copies = (await readAll(stanza)).filter((b) => idOf(b) === id)
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
 * now, and gives the restore_command that runs it. The off-site repository is asked for what the first one does not give.
 */
export async function placeRestoreCommand(stanza: Stanza): Promise<string> {
  const { lineage, files, site, repositories } = stanza
  const script = `${lineage.directory}/fetch-wal.sh`
  const list = `${lineage.directory}/archived-wal`
  const command = (configFile: string): string =>
    [
      word(site.program.path),
      word(`--config=${configFile}`),
      `--stanza=${lineage.id}`,
      // Where the server runs this; pgBackRest wants to see whose WAL it is.
      '--pg1-path="$PWD"',
      'archive-get',
    ].join(' ')
  const commands: [string, ...string[]] =
    repositories.length === 1
      ? [command(files.config)]
      : [command(files.primaryConfig), command(files.offsiteConfig)]
  const text = fetchScript({ commands, list, sha1: await sha1Program() })
  const owner = site.account
  await writeAtomic(list, fetchList(await archivedAnywhere(stanza)), { mode: 0o600, owner })
  await writeAtomic(script, text, { mode: 0o700, owner })
  return `/bin/sh ${commandWord(script)} "%f" "%p"`
}

async function archivedAnywhere(stanza: Stanza): Promise<ArchivedSegment[]> {
  const asked = stanza.repositories.map((_, index) => fetchListing(stanza, index + 1))
  const answers = await Promise.allSettled(asked)
  const found = answers.filter((answer) => answer.status === 'fulfilled')
  if (found.length === 0) await asked[0]
  const known = new Map<string, ArchivedSegment>()
  for (const { name, ...rest } of found.flatMap(({ value }) => value.segments)) {
    known.set(name, known.get(name) ?? { name, ...rest })
  }
  return [...known.values()]
}

/** The machine's own program for SHA-1: GNU's and busybox's, or the one of macOS and the BSDs. */
async function sha1Program(): Promise<string> {
  const found = await firstInPath(['sha1sum', 'shasum'])
  if (found !== undefined) return word(found)
  throw new AppError('NOT_SUPPORTED', 'this machine has no program that computes SHA-1', {
    hint: 'Install one that is called `sha1sum` or `shasum`.',
  })
}
