import { demandBranch } from '../../branch/demand-branch.ts'
import { showSwapped, swapWords } from '../../branch/show-swapped.ts'
import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { follow } from '../../follow.ts'
import { whenFree } from '../../when-free.ts'

export const branchPromote = command({
  name: ['branch', 'promote'],
  summary: 'let a branch take its parent’s place',
  description:
    'The parent’s name, address, password, size and settings get the branch’s data. What was there is kept, stopped, under a name with the time in it, and one command swaps back.',
  args: [{ name: 'name', kind: 'required', summary: 'A branch of the project' }],
  flags: { yes: { type: 'boolean', short: 'y', summary: 'Do not ask' } },
  examples: ['howdah branch promote try'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const { service, branch } = await demandBranch(daemon, project, args.name)
    if (!flags.yes) {
      ctx.terminal.note(swapWords(branch.service, service))
      await confirm(ctx, `Give ${branch.service} the data of ${service}?`)
    }
    const started = await whenFree(ctx, daemon, () =>
      daemon.api.promoteBranch({ project, service }),
    )
    await showSwapped(ctx, service, await follow(ctx, daemon, started))
  },
})
