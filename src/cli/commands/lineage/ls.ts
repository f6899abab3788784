import type { LineageStatus } from '../../../contract/lineage-status.ts'
import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import type { Column } from '../../output/table.ts'
import { ago, roughly } from '../../output/duration.ts'
import { ofWhat } from '../../recovery/of-what.ts'
import { keptInText } from '../../recovery/kept-in-text.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { troublesOf } from '../../recovery/window-text.ts'

export const lineageLs = command({
  name: ['lineage', 'ls'],
  summary: 'list backup histories, also of instances that are gone',
  description:
    'A lineage is one backup history: base backups and the WAL between them. It outlives its instance; a restore or a branch begins a new one.',
  args: [{ name: 'service', kind: 'optional', summary: 'Only those of this service' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah lineage ls', 'howdah lineage ls --all --json'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const lineages = await daemon.api.listLineages({
      ...(project === undefined ? {} : { project }),
      ...(args.service === undefined ? {} : { service: args.service }),
    })
    if (ctx.json) ctx.terminal.json(lineages)
    else if (lineages.length === 0) {
      ctx.terminal.note(`No lineages${ofWhat(project, args.service)}`)
    } else {
      ctx.terminal.table(columns(Date.now()), lineages)
      for (const lineage of lineages) {
        const name = `${lineageName(lineage)} (${lineage.id})`
        for (const trouble of troublesOf(lineage)) ctx.terminal.warn(`${name}: ${trouble}`)
      }
    }
  },
})

const columns = (nowMs: number): Column<LineageStatus>[] => [
  { title: 'LINEAGE', value: (l) => l.id },
  { title: 'OF', value: lineageName },
  { title: 'STATE', value: (l) => stateOf(l, nowMs) },
  { title: 'VERSION', value: (l) => l.version, yields: 2 },
  { title: 'KEPT IN', value: keptInText },
  { title: 'BACKUPS', value: (l) => String(l.backups), align: 'right', yields: 3 },
  { title: 'STORED', value: (l) => bytes(l.storedBytes), align: 'right' },
  { title: 'WINDOW', value: (l) => windowOf(l, nowMs) },
  { title: 'PROVEN', value: (l) => (l.provenAt ? ago(l.provenAt, nowMs) : 'never') },
  {
    title: 'FROM',
    value: ({ parent }) => (parent ? `${parent.how} of ${parent.lineage}` : ''),
    yields: 1,
  },
]

const stateOf = ({ closedAt }: LineageStatus, nowMs: number): string =>
  closedAt === undefined ? 'open' : `closed ${ago(closedAt, nowMs)}`

function windowOf({ window: { earliest, latest } }: LineageStatus, nowMs: number): string {
  if (earliest === undefined || latest === undefined) return 'nothing yet'
  const spanMs = Date.parse(latest) - Date.parse(earliest)
  return `${roughly(spanMs)}, newest ${roughly(nowMs - Date.parse(latest))} ago`
}
