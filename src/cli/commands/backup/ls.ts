import type { Backup } from '../../../contract/backup.ts'
import type { BackupHistory } from '../../../contract/lineage-status.ts'
import { command } from '../../command.ts'
import type { Context } from '../../context.ts'
import { bytes } from '../../output/bytes.ts'
import type { Colour } from '../../output/colour.ts'
import { ago } from '../../output/duration.ts'
import { moment } from '../../output/moment.ts'
import { ofWhat } from '../../recovery/of-what.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { troublesOf, windowText } from '../../recovery/window-text.ts'

export const backupLs = command({
  name: ['backup', 'ls'],
  summary: 'list backups, and which moments can be restored',
  description:
    'For each instance: the window of moments that can be restored, the age of the newest one (what the loss of the disk would cost now), when a restore was last seen to work, and its base backups.',
  args: [{ name: 'service', kind: 'optional', summary: 'Only those of this instance' }],
  flags: {
    all: { type: 'boolean', short: 'a', summary: 'Those of every project' },
    closed: { type: 'boolean', summary: 'Also of instances that are gone' },
  },
  examples: ['howdah backup ls', 'howdah backup ls database', 'howdah backup ls --all --json'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const found = await daemon.api.listBackups({
      ...(project === undefined ? {} : { project }),
      ...(args.service === undefined ? {} : { service: args.service }),
    })
    const shown = found.filter(({ lineage }) => flags.closed || lineage.state === 'open')
    if (ctx.json) {
      ctx.terminal.json(shown)
      return
    }
    for (const [index, history] of shown.entries()) {
      if (index > 0) ctx.terminal.print('')
      showHistory(ctx, history)
    }
    if (shown.length === 0) {
      ctx.terminal.note(`No backups${ofWhat(project, args.service)}`)
    }
    const hidden = found.length - shown.length
    if (hidden > 0) {
      ctx.terminal.note(`${hidden} of instances that are gone: howdah lineage ls`)
    }
  },
})

function showHistory({ terminal }: Context, { lineage, backups }: BackupHistory): void {
  const { print, warn, colour } = terminal
  const closed = lineage.closedAt === undefined ? '' : `, gone since ${moment(lineage.closedAt)}`
  print(`${colour.bold(lineageName(lineage))}  lineage ${lineage.id}${closed}`)
  print(`  ${windowText(lineage.window)}`)
  const { provenAt } = lineage
  print(
    provenAt === undefined
      ? `  ${colour.warning('no restore was proven yet')}`
      : `  a restore was last seen to work ${ago(provenAt, Date.now())}`,
  )
  for (const trouble of troublesOf(lineage)) warn(`${lineageName(lineage)}: ${trouble}`)
  if (backups.length === 0) return
  terminal.table(
    [
      { title: 'BACKUP', value: (b) => b.id },
      { title: 'TAKEN', value: (b) => ago(b.finishedAt, Date.now()) },
      { title: 'KIND', value: (b) => (b.cold ? `${b.kind}, stopped` : b.kind), yields: 3 },
      { title: 'VERSION', value: (b) => b.version, yields: 1 },
      { title: 'SIZE', value: (b) => bytes(b.sizeBytes), align: 'right' },
      {
        title: 'STORED',
        value: (b) => (b.storedBytes === undefined ? '' : bytes(b.storedBytes)),
        align: 'right',
        yields: 2,
      },
      { title: 'STATE', value: (b) => stateOf(b, colour) },
      { title: 'NAME', value: (b) => b.name ?? '' },
    ],
    backups,
  )
}

function stateOf({ damage, verifiedAt }: Backup, colour: Colour): string {
  if (damage !== undefined) return colour.bad('damaged')
  return verifiedAt === undefined ? 'whole' : `verified ${ago(verifiedAt, Date.now())}`
}
