import { command } from '../command.ts'
import {
  connectionFormats,
  connectionJson,
  formatConnection,
  masked,
} from '../connection/formats.ts'
import { chooseInstance } from '../instances.ts'
import { isLoopback } from '../remote/loopback.ts'

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
    const { project, service } = await chooseInstance(ctx, daemon, args.service)
    const connection = await daemon.api.getConnection({ project, service })
    const shown = flags.reveal ? connection : masked(connection)
    const isThere = connection.isElsewhere || (await ctx.remote()) !== undefined
    if (isThere && isLoopback(connection.endpoint.host)) {
      const whose = connection.isElsewhere ? 'the machine that it runs on' : 'the daemon’s machine'
      ctx.terminal.note(
        `${connection.endpoint.host} is an address of ${whose} alone; \`howdah proxy ${service}\` brings it here`,
      )
    }
    if (ctx.json) ctx.terminal.json(connectionJson(shown))
    else ctx.terminal.print(formatConnection(shown, flags.format ?? 'url'))
  },
})
