import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import { runProcess } from '../run/run-process.ts'
import { gitBranchFlag, serviceEnvironment } from '../run/service-environment.ts'

export const run = command({
  name: ['run'],
  summary: 'run a command with a service’s resolved environment',
  description: [
    'The service’s variables, with config filled in and database names replaced by addresses, are put over those of',
    'this shell. Signals pass through; the exit status is the command’s (128 + n when signal n ended it, 127 when there',
    'is no such command). For a managed service itself the PG* variables of psql are set as well.',
    'A branch that was made for the current Git branch (`howdah branch create --git`) is used in place of its parent.',
  ].join('\n'),
  args: [
    { name: 'service', kind: 'required', summary: 'A service of the compose file' },
    { name: 'command', kind: 'some', summary: 'The command and its arguments, after --' },
  ],
  flags: { gitBranch: gitBranchFlag },
  examples: ['howdah run app -- npm start', 'howdah run database -- pg_dump --schema-only'],
  scope: 'compose',
  passThrough: true,
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { values, trust } = await serviceEnvironment(ctx, daemon, args.service, flags)
    const [command, ...rest] = args.command
    if (command === undefined) throw new AppError('USAGE', 'there is no command after --')
    return runProcess({
      command,
      args: rest,
      env: { ...trust, ...ctx.env, ...values },
      directory: ctx.directory,
    })
  },
})
