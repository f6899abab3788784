import type { Instance } from '../../../contract/instance.ts'
import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import { duration } from '../../output/duration.ts'
import { moment } from '../../output/moment.ts'
import type { Column } from '../../output/table.ts'

export const branchLs = command({
  name: ['branch', 'ls'],
  summary: 'list branches',
  description: 'And the states that a restore in place, a swap or a promotion has kept.',
  args: [],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah branch ls', 'howdah branch ls --all --json'],
  scope: 'compose',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const instances = await daemon.api.listInstances(project === undefined ? {} : { project })
    const branches = instances.filter((i) => i.branch ?? i.heldSince)
    if (ctx.json) ctx.terminal.json(branches)
    else if (branches.length === 0) {
      ctx.terminal.note(
        `No branches${project ? ` in ${project}` : ''}. Make one with \`howdah branch create SERVICE NAME\`.`,
      )
    } else ctx.terminal.table(columns(flags.all), branches)
  },
})

function columns(all: boolean): Column<Instance>[] {
  return [
    ...(all ? [{ title: 'PROJECT', value: (i: Instance) => i.project }] : []),
    { title: 'NAME', value: (i) => i.service },
    { title: 'OF', value: (i) => (i.heldSince ? 'kept' : (i.branch?.service ?? '')) },
    { title: 'STATE', value: (i) => i.state },
    { title: 'SHOWS', value: shows, shrinks: true },
    {
      title: 'SIZE',
      value: (i) => (i.dataBytes === undefined ? '' : bytes(i.dataBytes)),
      align: 'right',
    },
    { title: 'SHARED', value: (i) => (i.branch ? (i.branch.shared ? 'yes' : 'no') : '') },
    { title: 'EXPIRES', value: (i) => left(i.branch?.expiresAt) },
    { title: 'GIT', value: (i) => i.branch?.git ?? '', shrinks: true },
    { title: 'ENDPOINT', value: (i) => `${i.endpoint.host}:${i.endpoint.port}` },
  ]
}

/** The moment that it began with; of what is kept, the one that it ended at. */
function shows({ branch, heldSince }: Instance): string {
  const at = heldSince ?? branch?.at
  return at === undefined ? '' : moment(at)
}

function left(expiresAt: string | undefined): string {
  if (expiresAt === undefined) return 'never'
  const leftMs = Date.parse(expiresAt) - Date.now()
  return leftMs > 0 ? `in ${duration(leftMs)}` : 'now'
}
