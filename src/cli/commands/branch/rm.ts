import { demandBranch } from '../../branch/demand-branch.ts'
import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { follow } from '../../follow.ts'
import { bytes } from '../../output/bytes.ts'
import { ago } from '../../output/duration.ts'

export const branchRm = command({
  name: ['branch', 'rm'],
  summary: 'remove branches',
  description:
    'Without a final snapshot: its parent has what it was made of. One that is older than an hour is backed up, and for a day `howdah undelete` brings it back. One that has branches of its own is refused without --cascade.',
  args: [{ name: 'names', kind: 'some', summary: 'Branches of the project' }],
  flags: {
    cascade: { type: 'boolean', summary: 'With the branches of these branches' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
  },
  examples: ['howdah branch rm try', 'howdah branch rm pr-41 pr-42 --yes'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const branches = []
    for (const name of args.names) branches.push(await demandBranch(daemon, project, name))
    if (!flags.yes) {
      for (const { service, branch, dataBytes = 0, createdAt, recovery } of branches) {
        const made = `made ${ago(createdAt, Date.now())}`
        const left = recovery?.latest
          ? 'backups stay'
          : 'no backup yet: what it has is gone for good'
        ctx.terminal.note(
          `${service}: branch of ${branch.service}, ${bytes(dataBytes)}, ${made}; ${left}`,
        )
      }
      const what = branches.length === 1 ? args.names[0] : `these ${branches.length} branches`
      await confirm(ctx, `Remove ${what}${flags.cascade ? ' and all branches below' : ''}?`)
    }
    const { cascade } = flags
    const operations = []
    for (const { service } of branches) {
      const started = await daemon.api.removeBranch({ project, service, cascade })
      operations.push(await follow(ctx, daemon, started))
      if (!ctx.json) ctx.terminal.print(`Removed ${service}`)
    }
    if (ctx.json) ctx.terminal.json(operations)
  },
})
