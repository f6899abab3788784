import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { connectionUrl, masked } from '../../connection/formats.ts'
import { follow } from '../../follow.ts'

export const snapshotRestore = command({
  name: ['snapshot', 'restore'],
  summary: 'make a new instance from a snapshot',
  description:
    'The snapshot stays. The instance keeps the user, database, password, port, size, settings and TLS of its day, and a project that is not there any more its mode.',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah snapshot ls` lists' }],
  flags: { as: { type: 'string', value: 'SERVICE', summary: 'Service name of the new instance' } },
  examples: ['howdah snapshot restore before-migration --as restored'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    if (!flags.as) {
      throw new AppError('USAGE', 'say what the new instance is to be called: --as SERVICE')
    }
    const project = await ctx.projectName()
    const daemon = await ctx.daemon()
    const started = await daemon.api.restoreSnapshot({ name: args.name, project, as: flags.as })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const connection = await daemon.api.getConnection({ project, service: flags.as })
    ctx.terminal.print(`Restored ${args.name} as ${project}/${flags.as}`)
    ctx.terminal.print(connectionUrl(masked(connection)))
  },
})
