import type { Repository } from '../../../contract/repository.ts'
import { command } from '../../command.ts'
import type { Column } from '../../output/table.ts'
import { ago } from '../../output/duration.ts'
import { locationText } from '../../repository/location-text.ts'

export const repositoryLs = command({
  name: ['repository', 'ls'],
  summary: 'list the places for backups',
  description: 'Without one, backups lie on the daemon’s machine, in the lineage’s own folder.',
  args: [],
  flags: {},
  examples: ['howdah repository ls', 'howdah repository ls --json'],
  scope: 'none',
  async run(ctx) {
    const daemon = await ctx.daemon()
    const repositories = await daemon.api.listRepositories({})
    if (ctx.json) ctx.terminal.json(repositories)
    else if (repositories.length === 0) {
      ctx.terminal.note(
        'No repositories: backups lie on the daemon’s machine. `howdah repository add` makes another place known.',
      )
    } else ctx.terminal.table(columns(Date.now()), repositories)
  },
})

const columns = (nowMs: number): Column<Repository>[] => [
  { title: 'NAME', value: (r) => r.name },
  { title: 'PLACE', value: (r) => locationText(r.storage) },
  { title: 'ENCRYPTED', value: (r) => (r.passphrase ? `with ${r.passphrase}` : 'no') },
  { title: 'CONFIGS OF', value: (r) => r.project },
  { title: 'ADDED', value: (r) => ago(r.createdAt, nowMs) },
]
