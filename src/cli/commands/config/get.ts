import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { checkedName } from '../../config/parse-config-set.ts'

export const configGet = command({
  name: ['config', 'get'],
  summary: 'show a secret in clear',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah config ls` lists' }],
  flags: { reveal: { type: 'boolean', summary: 'Yes, print it' } },
  examples: ['howdah config get --reveal POSTGRES_PASSWORD'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const name = checkedName(args.name)
    if (!flags.reveal) {
      throw new AppError('USAGE', `${name} is a secret and would be printed in clear`, {
        hint: `If nobody looks over your shoulder: \`howdah config get --reveal ${name}\`.`,
      })
    }
    const project = await ctx.projectName()
    const daemon = await ctx.daemon()
    const { values } = await daemon.api.revealConfig({ project, names: [name] })
    const value = values[name]
    if (value === undefined) {
      throw new AppError('CONFIG_NOT_FOUND', `config ${name} is not set in project ${project}`)
    }
    if (ctx.json) ctx.terminal.json({ name, value })
    else ctx.terminal.print(value)
  },
})
