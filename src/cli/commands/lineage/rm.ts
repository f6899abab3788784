import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { bytes } from '../../output/bytes.ts'
import { askToType } from '../../prompt.ts'
import { backupsText } from '../../recovery/bring-back.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { windowText } from '../../recovery/window-text.ts'

export const lineageRm = command({
  name: ['lineage', 'rm'],
  summary: 'delete the backup history of an instance that is gone',
  description:
    'With all its backups and WAL, for good. The histories of removed instances go by themselves when the policy’s time is over. One that an instance writes to is refused.',
  args: [{ name: 'lineage', kind: 'required', summary: 'An id that `howdah lineage ls` lists' }],
  flags: { yes: { type: 'boolean', short: 'y', summary: 'Do not ask' } },
  examples: ['howdah lineage rm k3j2h5x9q1', 'howdah lineage rm k3j2h5x9q1 --yes'],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const lineage = await daemon.api.getLineage({ lineage: args.lineage })
    if (!flags.yes && lineage.state === 'closed') {
      const { id, storedBytes, window, directory } = lineage
      ctx.terminal.note(
        `This deletes the lineage ${id} of ${lineageName(lineage)}: ${backupsText(lineage)}, ${bytes(storedBytes)}, ` +
          `${windowText(window)}. Its folder ${directory} goes, unless it was imported from elsewhere.`,
      )
      const message = 'Type the lineage’s id to delete it for good:'
      await askToType(ctx, { message, flag: '--yes', word: id })
    }
    const started = await daemon.api.removeLineage({ lineage: lineage.id })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) ctx.terminal.json(operation)
    else ctx.terminal.print(`Deleted the lineage ${lineage.id} of ${lineageName(lineage)}`)
  },
})
