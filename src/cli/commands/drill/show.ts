import type { Drill } from '../../../contract/drill.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import type { Context, Daemon } from '../../context.ts'
import { drillText } from '../../output/drill-text.ts'

/** A drill’s id begins with when it began: 20261120-150312-a1b2c3d4e5. */
const idForm = /^\d{8}-\d{6}/

export const drillShow = command({
  name: ['drill', 'show'],
  summary: 'show what a restore drill did, measured and found',
  args: [
    {
      name: 'drill',
      kind: 'optional',
      summary:
        'An id that `howdah drill ls` lists, or a service for its newest (the newest of the project)',
    },
  ],
  flags: {},
  examples: [
    'howdah drill show',
    'howdah drill show database',
    'howdah drill show 20261120-150312-a1b2c3d4e5 --json',
  ],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const { drill: named } = args
    const isId = named !== undefined && idForm.test(named)
    const drill = isId
      ? await daemon.api.getDrill({ drill: named })
      : await newest(ctx, daemon, named)
    if (ctx.json) ctx.terminal.json(drill)
    else ctx.terminal.print(drillText(drill, { ...ctx.terminal, nowMs: Date.now() }))
  },
})

async function newest(ctx: Context, daemon: Daemon, service?: string): Promise<Drill> {
  const project = await ctx.projectName()
  const drills = await daemon.api.listDrills({ project })
  const drill = drills.find((one) => service === undefined || one.service === service)
  if (drill) return drill
  const of = service === undefined ? project : `${project}/${service}`
  throw new AppError('DRILL_NOT_FOUND', `there was no restore drill of ${of} yet`, {
    hint: 'Make one with `howdah drill run`; `howdah drill ls` lists those that there are.',
  })
}
