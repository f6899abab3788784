import { command } from '../../command.ts'
import { parseConfigSet } from '../../config/parse-config-set.ts'
import { readValues } from '../../config/read-values.ts'

export const configSet = command({
  name: ['config', 'set'],
  summary: 'store secrets, encrypted',
  description: [
    'NAME=VALUE… stores values; NAME asks for one that is not shown (or reads stdin); NAME FILE and NAME - read a',
    'file or stdin, without the line end; with --env, --random or --env-file the words are names only.',
  ].join('\n'),
  args: [
    { name: 'words', kind: 'any', summary: 'NAME=VALUE…, or NAME, NAME FILE, NAME -, or names' },
  ],
  flags: {
    env: { type: 'boolean', short: 'e', summary: 'Take the values from environment variables' },
    random: { type: 'boolean', summary: 'Let us choose long random values' },
    envFile: {
      type: 'string',
      value: 'FILE',
      summary: 'Take all names of an env file, or those given',
    },
    ifNotSet: { type: 'boolean', summary: 'Leave a name that is set already as it is' },
  },
  examples: [
    'howdah config set POSTGRES_PASSWORD',
    'howdah config set --random POSTGRES_PASSWORD --if-not-set',
    'howdah config set API_URL=https://api.example.com LOG_LEVEL=debug',
    'howdah config set -e GITHUB_TOKEN',
    'howdah config set TLS_KEY ./tls.key',
    'howdah config set --env-file prod.env',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const source = parseConfigSet(args.words, flags)
    const project = await ctx.projectName()
    const values = { ...(await readValues(ctx, source)) }
    const daemon = await ctx.daemon()
    const done = await daemon.api.setConfig({ project, values, ifNotSet: flags.ifNotSet })
    if (ctx.json) {
      ctx.terminal.json(done)
      return
    }
    for (const name of done.skipped) {
      ctx.terminal.print(`Config ${name} is already set; skipping due to --if-not-set flag`)
    }
    for (const name of done.set) ctx.terminal.print(`Updated value for ${name}`)
    if (done.set.length > 1) {
      ctx.terminal.print(`Successfully set ${done.set.length} config value(s)`)
    }
    if (done.set.length > 0) {
      ctx.terminal.note('To update the deployed values, do: howdah up')
    }
  },
})
