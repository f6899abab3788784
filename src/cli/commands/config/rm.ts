import { command } from '../../command.ts'
import { checkedName } from '../../config/parse-config-set.ts'

export const configRm = command({
  name: ['config', 'rm'],
  summary: 'forget secrets',
  description: 'Running instances keep what they have until the next `howdah up`.',
  args: [{ name: 'names', kind: 'some', summary: 'Names that `howdah config ls` lists' }],
  flags: {},
  examples: ['howdah config rm GITHUB_TOKEN', 'howdah config rm A B --json'],
  scope: 'compose',
  async run(ctx, { args }) {
    const names = args.names.map(checkedName)
    const daemon = await ctx.daemon()
    const done = await daemon.api.removeConfig({ project: await ctx.projectName(), names })
    if (ctx.json) ctx.terminal.json(done)
    else for (const name of done.removed) ctx.terminal.print(`Removed config ${name}`)
    for (const name of done.notFound) ctx.terminal.warn(`config ${name} was not set`)
  },
})
