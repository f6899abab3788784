import { command } from '../../command.ts'
import { AppError } from '../../../errors/app-error.ts'
import { LOCAL, readContexts, writeContexts } from '../../remote/contexts.ts'

export const contextRm = command({
  name: ['context', 'rm'],
  summary: 'forget a daemon and the token for it',
  description: 'The token itself stays good: `howdah token rm` on the daemon’s side ends it.',
  args: [
    {
      name: 'name',
      kind: 'optional',
      summary: 'As `howdah context ls` lists it; the current one when none is named',
    },
  ],
  flags: {},
  examples: ['howdah context rm production', 'howdah logout'],
  scope: 'none',
  async run(ctx, { args }) {
    const { current, contexts } = await readContexts(ctx.env)
    const { name = current } = args
    if (!Object.hasOwn(contexts, name)) {
      const message = name === LOCAL ? 'nobody is logged in' : `there is no context “${name}”`
      throw new AppError('CONTEXT_NOT_FOUND', message)
    }
    const rest = Object.fromEntries(Object.entries(contexts).filter(([other]) => other !== name))
    await writeContexts(ctx.env, {
      current: current === name ? LOCAL : current,
      contexts: rest,
    })
    if (ctx.json) ctx.terminal.json({ removed: name })
    else ctx.terminal.print(`Forgot the context “${name}”`)
  },
})
