import { command } from '../../command.ts'
import { becomeHost } from '../../host/become-host.ts'
import { hostFlags, readHost } from '../../host/read-host.ts'

export const hostInit = command({
  name: ['host', 'init'],
  summary: 'make this machine the first host of a cluster',
  description: [
    'Looks whether it can be one, installs what is missing, and moves what is known here from SQLite to etcd. Instances run on.',
    'When it fails or is cancelled on the way, what was here before is put back; `howdah host rm NAME` undoes it later.',
  ].join('\n'),
  args: [],
  flags: {
    ...hostFlags,
    dryRun: { type: 'boolean', summary: 'Only show what would be done' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: [
    'howdah host init',
    'howdah host init --name h1 --address 10.0.0.5 --zone rack1 --yes',
    'howdah host init --dry-run',
  ],
  scope: 'none',
  async run(ctx, { flags }) {
    const host = await readHost(ctx, flags)
    const isHost = await becomeHost(ctx, { ...flags, host, token: undefined })
    if (!isHost || ctx.json) return
    ctx.terminal.print(`${host.name} (${host.address}) is the first host of a cluster`)
    ctx.terminal.note(
      'Make a token for the next machines with `howdah host token`; there, `howdah host join`.',
    )
  },
})
