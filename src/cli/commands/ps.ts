import type { Instance } from '../../contract/instance.ts'
import { command } from '../command.ts'
import type { Colour, Paint } from '../output/colour.ts'
import { bytes } from '../output/bytes.ts'
import { age, ago, roughly } from '../output/duration.ts'
import type { Column } from '../output/table.ts'

export const ps = command({
  name: ['ps'],
  summary: 'list instances and their state',
  description:
    'BACKUPS says how far back any moment can be restored and how old the newest one is, PROVEN when a restore was last seen to work. A narrow terminal shows fewer columns, as in every table; a pipe and --json have all.',
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
    ctx.terminal.table(columns(flags.all, instances, ctx.terminal.colour), instances)
    for (const { project, service, reason } of instances) {
      if (reason) ctx.terminal.warn(`${project}/${service}: ${reason}`)
    }
    for (const { project, service, recovery } of instances) {
      if (recovery?.problem) ctx.terminal.warn(`${project}/${service}: ${recovery.problem}`)
    }
  },
})

function columns(all: boolean, instances: readonly Instance[], colour: Colour): Column<Instance>[] {
  const branched = instances.some((i) => i.branch)
  const placed = instances.some((i) => i.host)
  return [
    ...(all ? [{ title: 'PROJECT', value: (i: Instance) => i.project }] : []),
    { title: 'SERVICE', value: (i) => i.service },
    ...(branched ? [{ title: 'BRANCH OF', value: (i: Instance) => i.branch?.service ?? '' }] : []),
    ...(placed ? [{ title: 'HOST', value: (i: Instance) => i.host ?? '' }] : []),
    { title: 'STATE', value: (i) => paintState(i, colour) },
    { title: 'VERSION', value: (i) => i.version, yields: 3 },
    { title: 'ENDPOINT', value: (i) => `${i.endpoint.host}:${i.endpoint.port}` },
    { title: 'DATABASE', value: (i) => i.database, shrinks: true, yields: 2 },
    {
      title: 'SIZE',
      value: (i) => (i.dataBytes === undefined ? '' : bytes(i.dataBytes)),
      align: 'right',
      yields: 5,
    },
    { title: 'UPTIME', value: (i) => (i.startedAt ? age(i.startedAt, Date.now()) : ''), yields: 4 },
    { title: 'RESTARTS', value: (i) => String(i.restarts), align: 'right', yields: 1 },
    { title: 'BACKUPS', value: (i) => paintBackups(i, colour) },
    { title: 'PROVEN', value: ({ recovery }) => provenText(recovery, colour) },
  ]
}

/** How far back any moment can be restored, and what the loss of the disk would cost now: `7 d, newest 40 s ago`. */
function paintBackups({ recovery }: Instance, colour: Colour): string {
  if (!recovery) return colour.warning('none')
  const { earliest, latest, rpoMs = 0, problem } = recovery
  if (earliest === undefined || latest === undefined) return colour.warning('none yet')
  const spanMs = Date.parse(latest) - Date.parse(earliest)
  const text = `${roughly(spanMs)}, newest ${roughly(rpoMs)} ago`
  return problem === undefined ? text : colour.bad(text)
}

function provenText(recovery: Instance['recovery'], colour: Colour): string {
  if (!recovery) return ''
  const { provenAt } = recovery
  if (provenAt === undefined) return colour.warning('not yet')
  return ago(provenAt, Date.now())
}

function paintState({ state, heldSince }: Instance, colour: Colour): string {
  if (heldSince !== undefined && state === 'stopped') return colour.dim('kept')
  const paints: Partial<Record<Instance['state'], Paint>> = {
    ready: colour.good,
    failed: colour.bad,
    restarting: colour.warning,
    stopped: colour.dim,
    suspended: colour.dim,
  }
  return paints[state]?.(state) ?? state
}
