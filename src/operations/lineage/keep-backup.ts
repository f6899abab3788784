import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Dependencies } from '../dependencies.ts'
import { memberOf } from '../members.ts'
import type { Context } from '../procedure.ts'
import { lineageById } from './lineage-of.ts'
import { takeBackup } from './take-backup.ts'

/** How long a base backup may take in all; a disk of 100 MB/s copies 8 TB in it. */
export const BACKUP_DEADLINE_MS = 24 * 60 * 60 * 1000

/** `20261120-150312-1a2b3c4d5e`: sorts by its beginning. */
export function newBackupId(d: Pick<Dependencies, 'newId'>): string {
  const [date = '', time = ''] = new Date().toISOString().split(/[T.]/)
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${d.newId()}`
}

/** Remembers a backup, with what it has made restorable: seen at once, and not at the agent's next look. */
export async function keepBackup(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument | undefined,
  backup: Backup,
): Promise<void> {
  const archive = await d.backups.of(lineage).archive(lineage, member)
  await d.store.write([
    d.documents.backups.put([lineage.id, backup.id], { format: 1, ...backup }),
    d.documents.archives.put([lineage.id], { format: 1, ...archive }),
  ])
}

/** The steps of a full backup of an instance into a lineage, as part of other work. */
export async function takeAndKeep(
  { step }: Context,
  d: Dependencies,
  { project, service }: { readonly project: string; readonly service: string },
  lineage: string,
): Promise<Backup> {
  // The id is kept by a step of its own, so that a resumed backup goes on under its name.
  const id = await step(`${service}: name the base backup`, async () => newBackupId(d))
  const taking = { lineage, id, kind: 'full' as const, instance: { project, service } }
  const backup = await step(`${service}: base backup`, (s) => takeBackup(d, taking, s), {
    deadlineMs: BACKUP_DEADLINE_MS,
    endsOnCancel: true,
  })
  await step(`${service}: keep the base backup`, async () =>
    keepBackup(d, await lineageById(d, lineage), await memberOf(d, project, service), backup),
  )
  return backup
}
