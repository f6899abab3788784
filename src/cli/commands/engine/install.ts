import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { operationTook } from '../../output/operation-line.ts'

export const engineInstall = command({
  name: ['engine', 'install'],
  summary: 'fetch a Postgres version',
  args: [{ name: 'version', kind: 'required', summary: '`16` for its newest minor, or `16.4`' }],
  flags: { force: { type: 'boolean', summary: 'Fetch it again though it is here' } },
  examples: ['howdah engine install 16', 'howdah engine install 16.4 --force'],
  scope: 'none',
  async run(ctx, { args, flags }) {
    if (!/^\d+(\.\d+)?$/.test(args.version)) {
      throw new AppError('USAGE', `“${args.version}” is not a version such as 16 or 16.4`)
    }
    const daemon = await ctx.daemon()
    const started = await daemon.api.installEngine({ version: args.version, force: flags.force })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) ctx.terminal.json(operation)
    else {
      const took = operationTook(operation, Date.now())
      ctx.terminal.print(`Postgres ${args.version} is here (${took})`)
    }
  },
})
