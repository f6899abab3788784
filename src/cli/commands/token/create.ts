import { Role } from '../../../contract/access.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { duration, parseDuration } from '../../output/duration.ts'

export const tokenCreate = command({
  name: ['token', 'create'],
  summary: 'let somebody, or a program, call this daemon from elsewhere',
  description: [
    'Prints the token, once: what is kept of it cannot be turned back. `howdah login URL` on the other machine takes it; `howdah listen`',
    'says where the API is served. A viewer reads and sees no secret; a developer works with instances, branches, passwords and',
    'config; an operator also destroys, restores and promotes; an admin also decides who may do what and where backups go.',
  ].join('\n'),
  args: [{ name: 'name', kind: 'required', summary: 'Who it is for: anna, ci' }],
  flags: {
    role: {
      type: 'string',
      value: 'ROLE',
      choices: Role.options,
      summary: 'What it may do (developer)',
    },
    project: { type: 'list', value: 'NAME', summary: 'Only this project; may be repeated' },
    expires: { type: 'string', value: 'DURATION', summary: 'It ends then: 90d' },
  },
  examples: [
    'howdah token create anna --role operator',
    'howdah token create ci --role developer --project shop --expires 90d',
  ],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const { role = 'developer', project: projects, expires } = flags
    const expiresAfterMs = expires === undefined ? undefined : parseDuration(expires)
    if (expires !== undefined && !expiresAfterMs) {
      throw new AppError('USAGE', `--expires is a duration such as 90d, and not “${expires}”`)
    }
    const daemon = await ctx.daemon()
    const { token, secret } = await daemon.api.createToken({
      name: args.name,
      role,
      ...(projects.length > 0 ? { projects: [...projects] } : {}),
      ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }),
    })
    if (ctx.json) return ctx.terminal.json({ token, secret })
    const reach = token.projects ? `of ${token.projects.join(', ')}` : 'of all projects'
    const end =
      expiresAfterMs === undefined ? 'until it is removed' : `for ${duration(expiresAfterMs)}`
    ctx.terminal.note(`“${token.name}” is ${role} ${reach}, ${end}. This is shown once:`)
    ctx.terminal.print(secret)
  },
})
