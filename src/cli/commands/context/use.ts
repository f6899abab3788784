import { command } from '../../command.ts'
import { AppError } from '../../../errors/app-error.ts'
import { LOCAL, readContexts, writeContexts } from '../../remote/contexts.ts'

export const contextUse = command({
  name: ['context', 'use'],
  summary: 'choose the daemon that commands go to',
  args: [
    {
      name: 'name',
      kind: 'required',
      summary: `As \`howdah context ls\` lists it; ${LOCAL} is this machine`,
    },
  ],
  flags: {},
  examples: ['howdah context use production', 'howdah context use local'],
  scope: 'none',
  async run(ctx, { args }) {
    const { contexts } = await readContexts(ctx.env)
    if (args.name !== LOCAL && !Object.hasOwn(contexts, args.name)) {
      throw new AppError('CONTEXT_NOT_FOUND', `there is no context “${args.name}”`)
    }
    await writeContexts(ctx.env, { current: args.name, contexts })
    if (ctx.json) ctx.terminal.json({ current: args.name })
    else ctx.terminal.print(`Commands go to ${contexts[args.name]?.url ?? 'this machine'} now`)
  },
})
