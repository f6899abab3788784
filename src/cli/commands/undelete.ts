import { command } from '../command.ts'
import { localZone } from '../output/moment.ts'
import { closedLineage } from '../recovery/closed-lineage.ts'
import { readTarget, targetHelp } from '../recovery/read-target.ts'
import { runRestore } from '../recovery/run-restore.ts'

export const undelete = command({
  name: ['undelete'],
  summary: 'bring a removed instance back',
  description: `Possible for as long as its backup history is kept: 30 days if compose does not say otherwise. It comes back with the user, database, password, port, size and settings that it had, as it was at its end unless --to says otherwise.

${targetHelp}`,
  args: [{ name: 'service', kind: 'required', summary: 'The name that it had' }],
  flags: {
    to: { type: 'string', value: 'MOMENT', summary: 'The moment to bring back (latest)' },
    lineage: {
      type: 'string',
      value: 'ID',
      summary: 'Which backup history, when several instances had the name',
    },
    as: { type: 'string', value: 'NEW', summary: 'Under another name' },
    dryRun: { type: 'boolean', summary: 'Only show what would be done' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: [
    'howdah undelete database',
    'howdah undelete database --to "yesterday 18:00" --as rescued',
    'howdah -p shop undelete database --lineage k3j2h5x9q1',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const target = readTarget(flags.to ?? 'latest')
    const project = await ctx.projectName()
    const daemon = await ctx.daemon()
    const lineage = flags.lineage ?? (await closedLineage(daemon, project, args.service)).id
    const as = flags.as ?? args.service
    const asked = { project, lineage, target, as, inPlace: false, zone: localZone() }
    await runRestore(ctx, asked, { ...flags, yes: true })
  },
})
