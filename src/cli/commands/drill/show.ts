import type { Drill } from '../../../contract/drill.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import type { Context, Daemon } from '../../context.ts'
import { drillText } from '../../output/drill-text.ts'

export const drillShow = command({
  name: ['drill', 'show'],
  summary: 'show what a restore drill did, measured and found',
  args: [
    {
      name: 'drill',
      kind: 'optional',
      summary: 'An id that `howdah drill ls` lists (the newest of the project)',
    },
  ],
  flags: {},
  examples: ['howdah drill show', 'howdah drill show 20261120-150312-a1b2c3 --json'],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const drill = args.drill
      ? await daemon.api.getDrill({ drill: args.drill })
      : await newest(ctx, daemon)
    if (ctx.json) ctx.terminal.json(drill)
    else ctx.terminal.print(drillText(drill, ctx.terminal.colour, Date.now()))
  },
})

async function newest(ctx: Context, daemon: Daemon): Promise<Drill> {
  const project = await ctx.projectName()
  const [drill] = await daemon.api.listDrills({ project })
  if (drill) return drill
  throw new AppError('DRILL_NOT_FOUND', `there was no restore drill of ${project} yet`, {
    hint: 'Make one with `howdah drill run`.',
  })
}
