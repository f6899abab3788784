import { command } from '../command.ts'
import {
  connectionFormats,
  connectionJson,
  formatConnection,
  masked,
} from '../connection/formats.ts'
import { chooseInstance } from '../instances.ts'

export const url = command({
  name: ['url'],
  summary: 'show how to connect to an instance',
  description:
    'The password is hidden unless --reveal is given. Every form checks the server’s certificate against our CA.',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    reveal: { type: 'boolean', summary: 'Show the password' },
    format: {
      type: 'string',
      choices: connectionFormats,
      summary: 'Form of the answer (url)',
    },
  },
  examples: ['howdah url', 'psql "$(howdah url database --reveal)"', 'howdah url --format jdbc'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { project, service } = await chooseInstance(daemon, await ctx.projectName(), args.service)
    const connection = await daemon.api.getConnection({ project, service })
    const shown = flags.reveal ? connection : masked(connection)
    if (ctx.json) ctx.terminal.json(connectionJson(shown))
    else ctx.terminal.print(formatConnection(shown, flags.format ?? 'url'))
  },
})
