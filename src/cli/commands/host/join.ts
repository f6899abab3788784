import { command } from '../../command.ts'
import { becomeHost } from '../../host/become-host.ts'
import { hostFlags, readHost } from '../../host/read-host.ts'
import { readJoinToken } from '../../host/read-join-token.ts'

export const hostJoin = command({
  name: ['host', 'join'],
  summary: 'make this machine, which has no instances, a host of a cluster',
  description: [
    'The token is what `howdah host token` printed on a host of the cluster. Without the argument, which other users of this machine could',
    'see, it is asked for, or read from HOWDAH_JOIN_TOKEN or stdin. When joining fails, what was here before is put back.',
  ].join('\n'),
  args: [{ name: 'token', kind: 'optional', summary: 'From `howdah host token`' }],
  flags: {
    ...hostFlags,
    dryRun: { type: 'boolean', summary: 'Only show what would be done' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: [
    'howdah host join hwj_1c0d9a52_W1siMTAuMC4wLjUiXS…',
    'howdah host join --name h2 --address 10.0.0.6 --zone rack2 --yes < token',
  ],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const token = await readJoinToken(ctx, args.token)
    const host = await readHost(ctx, flags)
    const isHost = await becomeHost(ctx, { ...flags, host, token })
    if (!isHost || ctx.json) return
    ctx.terminal.print(`${host.name} (${host.address}) is a host of the cluster`)
  },
})
