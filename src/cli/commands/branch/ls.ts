import type { Instance } from '../../../contract/instance.ts'
import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import { ago, duration } from '../../output/duration.ts'
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
    } else ctx.terminal.table(columns(flags.all, branches), branches)
  },
})

function columns(all: boolean, branches: readonly Instance[]): Column<Instance>[] {
  const forGit = branches.some((i) => i.branch?.git)
  return [
    ...(all ? [{ title: 'PROJECT', value: (i: Instance) => i.project }] : []),
    { title: 'NAME', value: (i) => i.service },
    { title: 'OF', value: (i) => i.branch?.service ?? '' },
    { title: 'STATE', value: (i) => (i.heldSince && i.state === 'stopped' ? 'kept' : i.state) },
    { title: 'AS OF', value: asOf },
    {
      title: 'SIZE',
      value: (i) => (i.dataBytes === undefined ? '' : bytes(i.dataBytes)),
      align: 'right',
      yields: 3,
    },
    {
      title: 'SHARED',
      value: (i) => (i.branch ? (i.branch.shared ? 'yes' : 'no') : ''),
      yields: 2,
    },
    { title: 'EXPIRES', value: (i) => left(i.branch?.expiresAt) },
    ...(forGit
      ? [{ title: 'GIT', value: (i: Instance) => i.branch?.git ?? '', shrinks: true }]
      : []),
    { title: 'ENDPOINT', value: (i) => `${i.endpoint.host}:${i.endpoint.port}`, yields: 1 },
  ]
}

/** The moment that it began with; of what is kept, the one that it ended at. */
function asOf({ branch, heldSince }: Instance): string {
  const at = heldSince ?? branch?.at
  return at === undefined ? '' : ago(at, Date.now())
}

function left(expiresAt: string | undefined): string {
  if (expiresAt === undefined) return 'never'
  const leftMs = Date.parse(expiresAt) - Date.now()
  return leftMs > 0 ? `in ${duration(leftMs)}` : 'now'
}
