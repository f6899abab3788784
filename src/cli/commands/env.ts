import { command } from '../command.ts'
import { dotenvLine } from '../connection/dotenv-line.ts'
import { mask } from '../connection/formats.ts'
import { gitBranchFlag, serviceEnvironment } from '../run/service-environment.ts'

export const env = command({
  name: ['env'],
  summary: 'show a service’s resolved environment',
  description:
    'As an env file. Values from config are hidden unless --reveal is given; what compose spells out is shown.',
  args: [{ name: 'service', kind: 'required', summary: 'A service of the compose file' }],
  flags: { reveal: { type: 'boolean', summary: 'Show secrets' }, gitBranch: gitBranchFlag },
  examples: ['howdah env app', 'howdah env app --reveal > app.env', 'howdah env app --json'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { values, secrets } = await serviceEnvironment(ctx, daemon, args.service, flags)
    const shown = Object.entries(values).map(([name, value]): [string, string] => [
      name,
      flags.reveal || !secrets.has(name) ? value : mask,
    ])
    if (ctx.json) ctx.terminal.json(Object.fromEntries(shown))
    else for (const [name, value] of shown) ctx.terminal.print(dotenvLine(name, value))
  },
})
