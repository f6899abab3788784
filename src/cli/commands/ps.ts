import type { Instance } from '../../contract/instance.ts'
import { command } from '../command.ts'
import type { Colour, Paint } from '../output/colour.ts'
import { bytes } from '../output/bytes.ts'
import { age } from '../output/duration.ts'
import type { Column } from '../output/table.ts'

export const ps = command({
  name: ['ps'],
  summary: 'list instances and their state',
  args: [],
  flags: {
    all: { type: 'boolean', short: 'a', summary: 'Those of every project' },
  },
  examples: ['howdah ps', 'howdah ps --all', 'howdah ps --json'],
  scope: 'compose',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const instances = await daemon.api.listInstances(project === undefined ? {} : { project })
    if (ctx.json) {
      ctx.terminal.json(instances)
      return
    }
    if (instances.length === 0) {
      const hint = flags.all ? '' : ' Make those that compose names with `howdah up`.'
      ctx.terminal.note(`No instances${project ? ` in ${project}` : ''}.${hint}`)
      return
    }
    ctx.terminal.table(columns(flags.all, ctx.terminal.colour), instances)
    for (const { project, service, reason } of instances) {
      if (reason) ctx.terminal.warn(`${project}/${service}: ${reason}`)
    }
  },
})

function columns(all: boolean, colour: Colour): Column<Instance>[] {
  return [
    ...(all ? [{ title: 'PROJECT', value: (i: Instance) => i.project }] : []),
    { title: 'SERVICE', value: (i) => i.service },
    { title: 'STATE', value: (i) => paintState(i, colour) },
    { title: 'VERSION', value: (i) => i.version },
    { title: 'ENDPOINT', value: (i) => `${i.endpoint.host}:${i.endpoint.port}` },
    { title: 'DATABASE', value: (i) => i.database, shrinks: true },
    {
      title: 'SIZE',
      value: (i) => (i.dataBytes === undefined ? '' : bytes(i.dataBytes)),
      align: 'right',
    },
    { title: 'UPTIME', value: (i) => (i.startedAt ? age(i.startedAt, Date.now()) : '') },
    { title: 'RESTARTS', value: (i) => String(i.restarts), align: 'right' },
  ]
}

function paintState({ state }: Instance, colour: Colour): string {
  const paints: Partial<Record<Instance['state'], Paint>> = {
    ready: colour.good,
    failed: colour.bad,
    restarting: colour.warning,
    stopped: colour.dim,
  }
  return paints[state]?.(state) ?? state
}
