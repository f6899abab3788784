import { demandBranch } from '../../branch/demand-branch.ts'
import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { follow } from '../../follow.ts'
import { operationTook } from '../../output/operation-line.ts'
import { whenFree } from '../../when-free.ts'

export const branchReset = command({
  name: ['branch', 'reset'],
  summary: 'make a branch anew from what its parent is now',
  description:
    'Its name, address, password, expiry and scripts stay; what was written to it goes. The new one is built beside it, and takes its place when it is ready.',
  args: [{ name: 'name', kind: 'required', summary: 'A branch of the project' }],
  flags: { yes: { type: 'boolean', short: 'y', summary: 'Do not ask' } },
  examples: ['howdah branch reset try', 'howdah branch reset try --yes'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const { service, branch } = await demandBranch(daemon, project, args.name)
    if (!flags.yes) {
      ctx.terminal.note(`What was written to ${service} since it was made goes.`)
      await confirm(ctx, `Make ${service} anew from ${branch.service}?`)
    }
    const started = await whenFree(ctx, daemon, () => daemon.api.resetBranch({ project, service }))
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) ctx.terminal.json(operation)
    else {
      const took = operationTook(operation, Date.now())
      ctx.terminal.print(`${service} is as ${branch.service} is now, in ${took}`)
    }
  },
})
