import type { Instance } from '../../contract/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { chooseInstance } from '../instances.ts'
import { localZone } from '../output/moment.ts'
import { readTarget, targetHelp } from '../recovery/read-target.ts'
import { runRestore } from '../recovery/run-restore.ts'

export const restore = command({
  name: ['restore'],
  summary: 'bring a moment of an instance back, beside it or in its place',
  description: `With --as it becomes a new instance and nothing else is touched. With --in-place it takes the instance’s name, address and password; the present state is kept, stopped, as SERVICE-before-DATE-TIME, and one command swaps the two back.

${targetHelp}`,
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    to: { type: 'string', value: 'MOMENT', summary: 'The moment to bring back' },
    as: { type: 'string', value: 'NEW', summary: 'Service name of the new instance' },
    inPlace: { type: 'boolean', summary: 'Replace the instance; its present state is kept' },
    lineage: {
      type: 'string',
      value: 'ID',
      summary: 'From this backup history instead of the present one',
    },
    dryRun: { type: 'boolean', summary: 'Only show what would be done' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: [
    'howdah restore database --to "10 minutes ago" --as rescued',
    'howdah restore database --to "2026-11-20 14:05" --in-place',
    'howdah restore database --to latest --as copy',
    'howdah restore database --to 0/3000028 --dry-run',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const { as, inPlace, lineage } = flags
    if (flags.to === undefined) {
      throw new AppError('USAGE', 'say which moment is to come back: --to MOMENT', {
        hint: 'For example --to "10 minutes ago", --to "2026-11-20 15:04" or --to latest; `howdah backup ls` shows which moments can be restored.',
      })
    }
    if (as !== undefined && inPlace) {
      throw new AppError('USAGE', '--as and --in-place exclude each other')
    }
    const target = readTarget(flags.to)
    const project = await ctx.projectName()
    // A lineage says whose history it is; only a restore in place needs the instance beside it.
    const isNamed = lineage === undefined || inPlace || args.service !== undefined
    const instance = isNamed ? await instanceToRestore(ctx, args.service) : undefined
    const asked = {
      project,
      target,
      inPlace,
      zone: localZone(),
      ...(instance ? { service: instance.service } : {}),
      ...(lineage === undefined ? {} : { lineage }),
      ...(as === undefined ? {} : { as }),
    }
    await runRestore(ctx, asked, flags)
  },
})

/** The instance that is meant. Of one that was removed, the error says what brings it back. */
async function instanceToRestore(ctx: Context, service: string | undefined): Promise<Instance> {
  const daemon = await ctx.daemon()
  try {
    return await chooseInstance(ctx, daemon, service)
  } catch (cause) {
    const { code, message } = AppError.from(cause)
    if (code !== 'INSTANCE_NOT_FOUND' || service === undefined) throw cause
    const project = await ctx.projectName()
    const lineages = await daemon.api.listLineages({ project, service })
    if (!lineages.some((l) => l.state === 'closed' && l.backups > 0)) throw cause
    throw new AppError(code, message, {
      cause,
      hint: `It was removed, and its backups are kept: \`howdah -p ${project} undelete ${service} --to MOMENT\`.`,
    })
  }
}
