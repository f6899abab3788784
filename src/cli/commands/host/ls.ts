import { command } from '../../command.ts'
import { hostColumns } from '../../host/host-columns.ts'

export const hostLs = command({
  name: ['host', 'ls'],
  summary: 'list the hosts of the cluster',
  description:
    'UP is whether the host’s daemon was heard of within 15 s. ETCD is what its member of etcd is now; hosts beyond the fifth have none.',
  args: [],
  flags: {},
  examples: ['howdah host ls', 'howdah host ls --json'],
  scope: 'none',
  async run(ctx) {
    const daemon = await ctx.daemon()
    const hosts = await daemon.api.listHosts({})
    if (ctx.json) ctx.terminal.json(hosts)
    else if (hosts.length === 0) {
      ctx.terminal.note(
        'No hosts: this is one machine by itself. `howdah host init` begins a cluster.',
      )
    } else ctx.terminal.table(hostColumns(ctx.terminal.colour), hosts)
  },
})
