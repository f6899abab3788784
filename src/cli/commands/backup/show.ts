import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import { fields } from '../../output/fields.ts'
import { moment } from '../../output/moment.ts'
import { findBackup } from '../../recovery/find-backup.ts'
import { lineageName } from '../../recovery/lineage-name.ts'

export const backupShow = command({
  name: ['backup', 'show'],
  summary: 'show one backup',
  args: [
    { name: 'backup', kind: 'required', summary: 'An id or a name that `howdah backup ls` lists' },
  ],
  flags: {},
  examples: [
    'howdah backup show 20261120-150312-a1b2c3d4e5',
    'howdah backup show before-migration --json',
  ],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const { lineage, backup } = await findBackup(daemon, await ctx.projectName(), args.backup)
    if (ctx.json) {
      ctx.terminal.json(backup)
      return
    }
    const stored = backup.storedBytes === undefined ? '' : `, ${bytes(backup.storedBytes)} stored`
    ctx.terminal.print(
      fields([
        ['backup', backup.id],
        ['name', backup.name],
        ['of', `${lineageName(lineage)}, lineage ${lineage.id} (${lineage.state})`],
        ['taken', `${moment(backup.startedAt)} to ${moment(backup.finishedAt)}`],
        [
          'kind',
          `${backup.kind}, by ${backup.engine}${backup.cold ? ', of a stopped server' : ''}`,
        ],
        ['size', `${bytes(backup.sizeBytes)}${stored}`],
        ['Postgres', backup.version],
        ['WAL', `timeline ${backup.timeline}, ${backup.startLsn} to ${backup.stopLsn}`],
        ['verified', backup.verifiedAt && moment(backup.verifiedAt)],
        ['damage', backup.damage && ctx.terminal.colour.bad(backup.damage)],
      ]),
    )
  },
})
