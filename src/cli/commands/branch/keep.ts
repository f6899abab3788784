import { readSpanMs } from '../../branch/amounts.ts'
import { demandBranch } from '../../branch/demand-branch.ts'
import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { moment } from '../../output/moment.ts'

export const branchKeep = command({
  name: ['branch', 'keep'],
  summary: 'keep a branch that would expire',
  args: [{ name: 'name', kind: 'required', summary: 'A branch of the project' }],
  flags: {
    expires: { type: 'string', value: 'SPAN', summary: 'Only for so long from now, such as 7d' },
  },
  examples: ['howdah branch keep try', 'howdah branch keep try --expires 14d'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const expiresAfterMs = readSpanMs('--expires', flags.expires)
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const { service } = await demandBranch(daemon, project, args.name)
    const span = expiresAfterMs === undefined ? {} : { expiresAfterMs }
    const started = await daemon.api.keepBranch({ project, service, ...span })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { branch } = await demandBranch(daemon, project, service)
    const until = branch.expiresAt ? `until ${moment(branch.expiresAt)}` : 'until you remove it'
    ctx.terminal.print(`${service} stays ${until}`)
  },
})
