import { command } from '../../command.ts'

export const repositoryRm = command({
  name: ['repository', 'rm'],
  summary: 'forget a place for backups',
  description:
    'What lies there stays as it is, and is known again once it is added again. A place that has backups of a lineage is refused.',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah repository ls` lists' }],
  flags: {},
  examples: ['howdah repository rm far'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const done = await daemon.api.removeRepository({ name: args.name })
    if (ctx.json) ctx.terminal.json(done)
    else ctx.terminal.print(`Forgot the repository ${done.removed}; what lies there stays`)
  },
})
