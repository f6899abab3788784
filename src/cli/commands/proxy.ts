import { once } from 'node:events'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import { connectionUrl, masked } from '../connection/formats.ts'
import { chooseInstance } from '../instances.ts'
import { daemonSocket } from '../daemon-process.ts'
import { stoppable } from '../interrupt.ts'
import { chosenContext } from '../remote/contexts.ts'
import { openTunnel, overHttps, overSocket } from '../remote/tunnel.ts'

export const proxy = command({
  name: ['proxy'],
  summary: 'bring an instance of another machine to a port of this one',
  description:
    'For programs that connect by themselves; `howdah psql` and `howdah run` do it on their own. It carries connections through the API until Ctrl-C.',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    port: { type: 'integer', value: 'PORT', summary: 'The port of this machine (a free one)' },
    reveal: { type: 'boolean', summary: 'Show the password' },
  },
  examples: ['howdah proxy', 'howdah proxy db --port 5433 --reveal'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const there = await ctx.remote()
    const daemon = await ctx.daemon()
    const { project, service, isElsewhere } = await chooseInstance(ctx, daemon, args.service)
    if (!there && !isElsewhere) {
      throw new AppError('NOT_SUPPORTED', 'the instances of this machine need no proxy', {
        hint: '`howdah url` says how to connect.',
      })
    }
    const connection = await daemon.api.getConnection({ project, service })
    const context = there && (await chosenContext(ctx.env, there.name))
    const { endpoint, server } = await openTunnel(
      context ? overHttps(context) : overSocket(daemonSocket(ctx.home)),
      { project, service },
      (error) => ctx.terminal.warn(error.message),
      flags.port,
    )
    const shown = { ...(flags.reveal ? connection : masked(connection)), endpoint }
    if (ctx.json) ctx.terminal.json({ endpoint })
    else ctx.terminal.print(connectionUrl(shown))
    const { signal } = stoppable()
    server.ref()
    if (!signal.aborted) await once(signal, 'abort')
    server.close()
  },
})
