import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import { fields } from '../../output/fields.ts'
import { moment } from '../../output/moment.ts'
import { backupsText, bringBack } from '../../recovery/bring-back.ts'
import { findLineage } from '../../recovery/find-lineage.ts'
import { keptInText } from '../../recovery/kept-in-text.ts'
import { lineageName } from '../../recovery/lineage-name.ts'
import { troublesOf, windowText } from '../../recovery/window-text.ts'

export const lineageShow = command({
  name: ['lineage', 'show'],
  summary: 'show one backup history',
  args: [
    {
      name: 'lineage',
      kind: 'required',
      summary: 'An id that `howdah lineage ls` lists, or a service for the one that it writes',
    },
  ],
  flags: {},
  examples: ['howdah lineage show database', 'howdah lineage show k3j2h5x9q1 --json'],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const lineage = await findLineage(ctx, daemon, args.lineage)
    if (ctx.json) {
      ctx.terminal.json(lineage)
      return
    }
    const { parent, provenAt, closedAt, systemIdentifier } = lineage
    const where = parent?.lsn ?? (parent?.at && moment(parent.at))
    ctx.terminal.print(
      fields(
        [
          ['lineage', lineage.id],
          ['of', lineageName(lineage)],
          ['state', closedAt === undefined ? 'open' : `closed ${moment(closedAt)}`],
          ['begun', moment(lineage.createdAt)],
          ['from', parent && `${parent.how} of ${parent.lineage}${where ? ` at ${where}` : ''}`],
          ['Postgres', lineage.version],
          ['system', systemIdentifier],
          ['kept in', keptInText(lineage)],
          ['kept by', `${lineage.engine}, ${lineage.directory}`],
          ['stored', `${bytes(lineage.storedBytes)}, ${backupsText(lineage)}`],
          ['window', windowText(lineage.window)],
          ['proven', provenAt === undefined ? 'never' : moment(provenAt)],
        ],
        ctx.terminal.width,
      ),
    )
    for (const trouble of troublesOf(lineage)) ctx.terminal.warn(trouble)
    const back = bringBack(lineage)
    if (back) ctx.terminal.note(`Bring it back with: ${back}`)
  },
})
