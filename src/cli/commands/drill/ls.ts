import { command } from '../../command.ts'
import { amount, drillOutcome, drillTook } from '../../output/drill-text.ts'
import { ofWhat } from '../../recovery/of-what.ts'
import { ago } from '../../output/duration.ts'

export const drillLs = command({
  name: ['drill', 'ls'],
  summary: 'list restore drills, the newest first',
  args: [{ name: 'service', kind: 'optional', summary: 'Only those of this instance' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah drill ls', 'howdah drill ls database --json'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const drills = await daemon.api.listDrills({
      ...(project === undefined ? {} : { project }),
      ...(args.service === undefined ? {} : { service: args.service }),
    })
    if (ctx.json) ctx.terminal.json(drills)
    else if (drills.length === 0) {
      ctx.terminal.note(`No restore drills${ofWhat(project, args.service)} yet`)
    } else {
      const now = Date.now()
      ctx.terminal.table(
        [
          { title: 'DRILL', value: (d) => d.id },
          { title: 'OF', value: (d) => `${d.project}/${d.service}` },
          { title: 'OUTCOME', value: (d) => drillOutcome(d, ctx.terminal.colour) },
          { title: 'ENDED', value: (d) => ago(d.finishedAt, now) },
          { title: 'TOOK', value: drillTook, align: 'right' },
          {
            title: 'DATA',
            value: (d) => amount(d.sizeBytes, d.restoreBytesPerSecond),
            align: 'right',
            yields: 3,
          },
          {
            title: 'WAL',
            value: (d) => amount(d.walBytes, d.replayBytesPerSecond),
            align: 'right',
            yields: 2,
          },
          { title: 'BACKUP', value: (d) => d.backup, yields: 1 },
        ],
        drills,
      )
    }
  },
})
