import type { Backup } from '../../../contract/backup.ts'
import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { bytes } from '../../output/bytes.ts'
import { moment } from '../../output/moment.ts'
import { askToType } from '../../prompt.ts'
import { findBackup, type FoundBackup } from '../../recovery/find-backup.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { whenFree } from '../../when-free.ts'

export const backupRm = command({
  name: ['backup', 'rm'],
  summary: 'delete a backup for good',
  description:
    'Old backups go by themselves, as the policy says; one with a name only so. What lies between it and the next backup cannot be restored any more.',
  args: [
    { name: 'backup', kind: 'required', summary: 'An id or a name that `howdah backup ls` lists' },
  ],
  flags: { yes: { type: 'boolean', short: 'y', summary: 'Do not ask' } },
  examples: [
    'howdah backup rm before-migration',
    'howdah backup rm 20261120-150312-a1b2c3d4e5 --yes',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const found = await findBackup(daemon, await ctx.projectName(), args.backup)
    const { lineage, backup } = found
    if (!flags.yes) {
      ctx.terminal.note(whatGoes(found))
      const message = `Type ${args.backup} to delete it for good:`
      await askToType(ctx, { message, flag: '--yes', word: args.backup })
    }
    const asked = { lineage: lineage.id, backup: backup.id }
    const started = await whenFree(ctx, daemon, () => daemon.api.removeBackup(asked))
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) ctx.terminal.json(operation)
    else ctx.terminal.print(`Deleted the backup ${nameOf(backup)} of ${lineageName(lineage)}`)
  },
})

const nameOf = ({ id, name }: Backup): string => (name === undefined ? id : `${name} (${id})`)

function whatGoes({ lineage, backup }: FoundBackup): string {
  const { sizeBytes, finishedAt } = backup
  const name = lineageName(lineage)
  const what = `This deletes the backup ${nameOf(backup)} of ${name}: ${bytes(sizeBytes)}, taken ${moment(finishedAt)}.`
  if (lineage.backups > 1) {
    return `${what} The moments from then to the next backup cannot be restored any more.`
  }
  return `${what} It is the only one: nothing of ${name} can be restored without it.`
}
