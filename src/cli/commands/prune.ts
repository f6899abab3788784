import type { Operation } from '../../contract/operation.ts'
import type { PrunePlan } from '../../contract/prune.ts'
import { command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { follow } from '../follow.ts'
import { ofWhat } from '../recovery/of-what.ts'
import { prunePlanText, removesNothing } from '../recovery/prune-text.ts'
import { whenFree } from '../when-free.ts'

export const prune = command({
  name: ['prune'],
  summary: 'remove the backups that the policy keeps no longer, now',
  description: `The same happens by itself once a day. Of each backup history of the project, or of one service, it removes base backups that no moment of the window needs (\`backups: keep\` in compose), the WAL before those that stay, and histories of removed instances whose time is over. Backups with a name stay.

Where no restore was seen to work lately nothing is removed, because old backups that worked are worth more than new ones that nobody tried. --force removes it all the same.`,
  args: [{ name: 'service', kind: 'optional', summary: 'Only the backup histories of this one' }],
  flags: {
    dryRun: { type: 'boolean', summary: 'Only show what would go, why, and how much it takes' },
    force: { type: 'boolean', summary: 'Also where no restore was seen to work lately' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask; --force asks otherwise' },
  },
  examples: [
    'howdah prune --dry-run',
    'howdah prune database',
    'howdah prune database --force --dry-run --json',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const { force } = flags
    const { service } = args
    const project = await ctx.projectName()
    const daemon = await ctx.daemon()
    const asked = { project, ...(service === undefined ? {} : { service }) }
    const lineages = await daemon.api.listLineages(asked)
    const { json, note, print } = ctx.terminal
    if (lineages.length === 0 && !ctx.json) note(`No lineages${ofWhat(project, service)}`)
    const plans: PrunePlan[] = []
    for (const { id } of lineages) plans.push(await daemon.api.planPrune({ lineage: id, force }))
    if (flags.dryRun) {
      if (ctx.json) json(plans)
      else for (const plan of plans) print(prunePlanText(plan))
      return
    }
    const going = plans.filter((plan) => !removesNothing(plan))
    if (force && !flags.yes && going.length > 0) {
      for (const plan of going) note(prunePlanText(plan))
      await confirm(ctx, 'Remove this for good?')
    }
    const ended: Operation[] = []
    for (const plan of plans) {
      if (removesNothing(plan)) {
        if (!ctx.json) print(prunePlanText(plan))
        continue
      }
      const { lineage } = plan
      const started = await whenFree(ctx, daemon, () => daemon.api.pruneLineage({ lineage, force }))
      ended.push(await follow(ctx, daemon, started))
      if (!ctx.json) print(prunePlanText(plan, 'removed'))
    }
    if (ctx.json) json(ended)
  },
})
