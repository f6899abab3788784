import { command } from '../../command.ts'
import { ago } from '../../output/duration.ts'

export const configLs = command({
  name: ['config', 'ls'],
  summary: 'list the names that are set',
  description: 'Values are never listed; see `howdah config get`.',
  args: [],
  flags: {},
  examples: ['howdah config ls', 'howdah config ls --json'],
  scope: 'compose',
  async run(ctx) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const entries = await daemon.api.listConfig({ project })
    if (ctx.json) ctx.terminal.json(entries)
    else if (entries.length === 0) ctx.terminal.note(`No configs found in ${project}`)
    else {
      ctx.terminal.table(
        [
          { title: 'NAME', value: (entry) => entry.name },
          { title: 'SET', value: (entry) => ago(entry.updatedAt, Date.now()) },
        ],
        entries,
      )
    }
  },
})
