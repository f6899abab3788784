import { command } from '../../command.ts'

export const engineLs = command({
  name: ['engine', 'ls'],
  summary: 'list the Postgres versions that can run here',
  args: [],
  flags: {
    offers: { type: 'boolean', summary: 'Also those that could be fetched (needs the network)' },
  },
  examples: ['howdah engine ls', 'howdah engine ls --offers --json'],
  scope: 'none',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const found = await daemon.api.listEngines({ offers: flags.offers ? 'true' : 'false' })
    const { terminal } = ctx
    if (ctx.json) {
      terminal.json(found)
      return
    }
    if (found.installed.length === 0) {
      terminal.note('None is here yet; `howdah up` fetches what a project needs.')
    } else {
      terminal.table(
        [
          { title: 'ENGINE', value: (engine) => engine.id },
          { title: 'POSTGRES', value: (engine) => `${engine.major}.${engine.minor}` },
          { title: 'KIND', value: (engine) => engine.kind },
          { title: 'EXTENSIONS', value: (e) => String(e.extensions.length), align: 'right' },
          { title: 'PROGRAMS', value: (e) => String(e.tools.length), align: 'right' },
        ],
        found.installed,
      )
    }
    const offers = found.offers.filter((offer) => !offer.installed)
    if (flags.offers && offers.length > 0) {
      const versions = offers.map(({ major, minor }) => `${major}.${minor}`)
      terminal.print(`\nCould be fetched: ${versions.join(', ')}`)
    }
  },
})
