import { resolve } from 'node:path'
import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { bringBack } from '../../recovery/bring-back.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { windowText } from '../../recovery/window-text.ts'

export const lineageImport = command({
  name: ['lineage', 'import'],
  summary: 'take over backup histories of another machine',
  description:
    'DIRECTORY is a lineage’s folder, or one that holds several, as another home keeps them in lineages/; with --repository, a place that `howdah repository ls` lists. They stay where they are. Passwords in them open with the keys/config.key of the machine that wrote them, so that file must have come along: docs/restore.md says how.',
  args: [{ name: 'directory', kind: 'optional', summary: 'The folder, on this machine' }],
  flags: {
    repository: { type: 'string', value: 'NAME', summary: 'All that lies in this repository' },
  },
  examples: [
    'howdah lineage import /mnt/old-disk/howdah/lineages',
    'howdah lineage import --repository far',
  ],
  scope: 'none',
  async run(ctx, { args, flags: { repository } }) {
    const daemon = await ctx.daemon()
    const directory = args.directory && resolve(ctx.directory, args.directory)
    const started = await daemon.api.importLineages({
      ...(directory ? { directory } : {}),
      ...(repository ? { repository } : {}),
    })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { lineages } = operation.output as { lineages: string[] }
    const { print, note } = ctx.terminal
    for (const id of lineages) {
      const lineage = await daemon.api.getLineage({ lineage: id })
      print(`${id}  ${lineageName(lineage)}: ${windowText(lineage.window)}`)
      const back = bringBack(lineage)
      if (back) note(`  Bring it back with: ${back}`)
    }
  },
})
