import { z } from 'zod'
import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { backupsOf } from '../lineage/backups-of.ts'
import { writerOf } from '../lineage/instance-of.ts'
import { BACKUP_DEADLINE_MS, keepBackup, newBackupId } from '../lineage/keep-backup.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { refuseRead } from '../lineage/refuse-read.ts'
import { takeBackup } from '../lineage/take-backup.ts'
import { lineageTitle } from '../lineage/title-of.ts'
import { inOneSentence, verifyBackup } from '../lineage/verify-backup.ts'

export const backupCreate = howdahProcedure({
  kind: 'backup-create',
  input: z.object({
    lineage: z.string(),
    kind: z.enum(['full', 'differential', 'incremental']),
    /** Keeps it until it is removed by this name. */
    name: z.string().optional(),
    scheduled: z.boolean().optional(),
    of: z.string().optional(),
  }),
  title: (asked) => `backup of ${lineageTitle(asked)}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run(asked, { step, signal }, d) {
    try {
      // The id is kept by a step of its own, so that a resumed backup goes on under its name.
      const id = await step('name the backup', async () => newBackupId(d))
      const backup = await step('copy', (s) => takeBackup(d, { ...asked, id }, s), {
        deadlineMs: BACKUP_DEADLINE_MS,
        endsOnCancel: true,
      })
      await step('keep the backup', async () => {
        const lineage = await lineageById(d, asked.lineage)
        if (backup.damage !== undefined) await tellDamage(d, lineage, backup)
        await keepBackup(d, lineage, await writerOf(d, lineage.id), backup)
      })
      return { lineage: asked.lineage, id }
    } catch (error) {
      if (!signal.aborted) await tellFailure(d, asked.lineage, error)
      throw error
    }
  },
})

async function tellFailure(d: Dependencies, id: string, cause: unknown): Promise<void> {
  const lineage = await lineageById(d, id)
  const error = AppError.from(cause)
  if (error.code === 'OPERATION_CANCELLED') return
  await tell(
    d,
    lineage,
    'backup-failed',
    `the backup of ${subjectOf(lineage)} failed: ${error.message}`,
  )
}

/** Pages that were damaged in the live data already, which the server itself notices only when somebody reads them. */
async function tellDamage(d: Dependencies, lineage: LineageDocument, { id, damage }: Backup) {
  const message = `the data of ${subjectOf(lineage)} is damaged, and so is its backup ${id}: ${damage}`
  await tell(d, lineage, 'backup-damaged', message)
}

const subjectOf = ({ project, service }: LineageDocument): string => `${project}/${service}`

const tell = (d: Dependencies, lineage: LineageDocument, kind: string, message: string) =>
  d.event({ severity: 'error', kind, subject: subjectOf(lineage), message })

const Named = z.object({ lineage: z.string(), backup: z.string(), of: z.string().optional() })

export const backupRemove = howdahProcedure({
  kind: 'backup-remove',
  input: Named,
  title: ({ backup, ...asked }) => `removal of the backup ${backup} of ${lineageTitle(asked)}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage: id, backup }, { id: operation, step }, d) {
    await step('remove', async () => {
      const lineage = await lineageById(d, id)
      const found = await d.documents.backups.get(id, backup)
      if (!found) return
      // A restore waits for no removal, and may have begun since this one was asked for.
      await refuseRead(d, id, operation)
      await d.backups.of(lineage).remove(lineage, found.value)
      await d.store.write([d.documents.backups.remove([id, backup])])
    })
  },
})

export const backupVerify = howdahProcedure({
  kind: 'backup-verify',
  input: z.object({
    lineage: z.string(),
    /** Unset: every backup of the lineage. */
    backup: z.string().optional(),
    of: z.string().optional(),
  }),
  title: ({ backup, ...asked }) =>
    `verification of ${backup ? `the backup ${backup} of ` : ''}${lineageTitle(asked)}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage, backup }, { step }, d) {
    const ids = backup ? [backup] : (await backupsOf(d, lineage)).map((b) => b.id)
    const damaged: string[] = []
    for (const id of ids) {
      const found = await step(`verify ${id}`, (s) => verifyBackup(d, lineage, id, s), {
        endsOnCancel: true,
      })
      if (found.length > 0) damaged.push(`${id}: ${inOneSentence(found)}`)
    }
    if (damaged.length > 0) throw new AppError('BACKUP_DAMAGED', damaged.join('\n'))
    return { lineage, verified: ids }
  },
})
