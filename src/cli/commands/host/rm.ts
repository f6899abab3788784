import { command } from '../../command.ts'
import { runHostRm } from '../../host/run-host-rm.ts'

export const hostRm = command({
  name: ['host', 'rm'],
  summary: 'take a host out of the cluster',
  description: [
    'Refused while it has servers or backups. The last host becomes one machine by itself again, with all that it has; nothing is stopped.',
    '--lost is for a host that is down for good, and is said on another one: what only it had is given up. It must not come back.',
  ].join('\n'),
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah host ls` lists' }],
  flags: {
    lost: { type: 'boolean', summary: 'It is down for good' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
  },
  examples: ['howdah host rm h3', 'howdah host rm h3 --lost'],
  scope: 'none',
  run: (ctx, { args, flags }) => runHostRm(ctx, args.name, flags),
})
