import { Zone } from '../../../contract/host.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'

export const hostLabel = command({
  name: ['host', 'label'],
  summary: 'say in which zone a host is',
  description:
    'A zone is what fails as one: a rack, a room, a site. Servers of an instance are spread over hosts first and then over zones. `zone=` takes it away.',
  args: [
    { name: 'name', kind: 'required', summary: 'A name that `howdah host ls` lists' },
    { name: 'label', kind: 'required', summary: 'zone=NAME' },
  ],
  flags: {},
  examples: ['howdah host label h2 zone=rack2', 'howdah host label h2 zone='],
  scope: 'none',
  async run(ctx, { args }) {
    const zone = zoneOf(args.label)
    const daemon = await ctx.daemon()
    const host = await daemon.api.labelHost({ name: args.name, zone })
    if (ctx.json) ctx.terminal.json(host)
    else
      ctx.terminal.print(
        host.zone ? `${host.name} is in ${host.zone}` : `${host.name} is in no zone`,
      )
  },
})

/** Null for `zone=`. */
function zoneOf(label: string): string | null {
  const [key, ...rest] = label.split('=')
  const zone = rest.join('=')
  if (key !== 'zone' || rest.length === 0) {
    throw new AppError('USAGE', `a label is zone=NAME, and not “${label}”`)
  }
  if (zone === '') return null
  const parsed = Zone.safeParse(zone)
  if (parsed.success) return parsed.data
  throw new AppError('USAGE', `a zone ${parsed.error.issues[0]?.message}`)
}
