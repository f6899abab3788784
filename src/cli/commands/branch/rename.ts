import { command } from '../../command.ts'
import { follow } from '../../follow.ts'

export const branchRename = command({
  name: ['branch', 'rename'],
  summary: 'give a branch another name',
  description:
    'Its server runs on, and its address and password stay. A state that was kept by a restore in place, a swap or a promotion can be renamed too.',
  args: [
    { name: 'name', kind: 'required', summary: 'A branch of the project' },
    { name: 'to', kind: 'required', summary: 'What it is called from now on' },
  ],
  flags: {},
  examples: ['howdah branch rename try login-experiment'],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const { name: service, to } = args
    const started = await daemon.api.renameInstance({ project, service, to })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) ctx.terminal.json(operation)
    else ctx.terminal.print(`${service} is called ${to} now`)
  },
})
