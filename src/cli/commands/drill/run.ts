import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { chooseInstance } from '../../instances.ts'
import { drillText } from '../../output/drill-text.ts'
import { lineageOfInstance } from '../../recovery/lineage-of-instance.ts'
import { sayBegun } from '../../recovery/say-begun.ts'
import type { Context, Daemon } from '../../context.ts'
import { whenFree } from '../../when-free.ts'

export const drillRun = command({
  name: ['drill', 'run'],
  summary: 'prove now that a restore works',
  description:
    'Restores the newest moment on a scratch server beside the instance, in the background: it starts, has what was written last, its indexes, tables and every page are sound, and it has the rows of the live one. Then it is removed. Drills run by themselves, once a day if compose does not say otherwise.',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    backup: {
      type: 'string',
      value: 'BACKUP',
      summary: 'The backup to begin with, by its id or name (the newest good one)',
    },
    lineage: {
      type: 'string',
      value: 'LINEAGE',
      summary: 'A backup history by its id, also of an instance that is gone',
    },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: ['howdah drill run', 'howdah drill run database --backup 20261120-150312-a1b2c3d4e5'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const lineage = flags.lineage ?? (await lineageOf(ctx, daemon, args.service))
    const { backup } = flags
    const started = await whenFree(ctx, daemon, () =>
      daemon.api.runDrill({ lineage, ...(backup ? { backup } : {}) }),
    )
    if (flags.detach) {
      sayBegun(ctx, started)
      return
    }
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { drill } = operation.output as { drill: string }
    const found = await daemon.api.getDrill({ drill })
    ctx.terminal.print(drillText(found, { ...ctx.terminal, nowMs: Date.now() }))
  },
})

async function lineageOf(ctx: Context, daemon: Daemon, named: string | undefined): Promise<string> {
  const { project, service } = await chooseInstance(ctx, daemon, named)
  return (await lineageOfInstance(daemon, project, service)).id
}
