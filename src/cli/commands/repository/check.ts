import { command } from '../../command.ts'
import { showCheck } from '../../repository/show-check.ts'

export const repositoryCheck = command({
  name: ['repository', 'check'],
  summary: 'write, read and remove a file in a place for backups',
  description:
    'All with pgBackRest, as backups go. When something is wrong, one sentence says what: the name, the connection, the certificate, the keys, the bucket, the passphrase. The exit status is 69 then.',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah repository ls` lists' }],
  flags: {},
  examples: ['howdah repository check far', 'howdah repository check far --json'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const check = await daemon.api.checkRepository({ name: args.name })
    if (ctx.json) ctx.terminal.json(check)
    return showCheck(ctx, check)
  },
})
