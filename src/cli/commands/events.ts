import type { Event } from '../../contract/operation.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { moment } from '../output/moment.ts'
import { opened, stoppable, untilStopped } from '../interrupt.ts'

export const events = command({
  name: ['events'],
  summary: 'show what happened',
  description: 'With --json each event is one line.',
  args: [],
  flags: {
    follow: { type: 'boolean', short: 'f', summary: 'Wait for new ones; Ctrl-C ends it' },
    limit: { type: 'integer', short: 'n', value: 'N', summary: 'At most the N newest (100)' },
  },
  examples: ['howdah events', 'howdah events -f', 'howdah events --limit 10 --json'],
  scope: 'none',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const { signal } = stoppable()
    // The stream is opened first, so that nothing falls between it and the list.
    const fresh = flags.follow ? opened(daemon.streams.watchEvents({}, signal)) : undefined
    const past = await daemon.api.listEvents({ limit: flags.limit ?? 100 })
    for (const event of past) show(ctx, event)
    if (!fresh) return
    const shown = new Set(past.map((event) => event.id))
    for await (const event of untilStopped(fresh, signal)) {
      if (!shown.has(event.id)) show(ctx, event)
    }
  },
})

function show(ctx: Context, event: Event): void {
  const { print, colour } = ctx.terminal
  if (ctx.json) {
    print(JSON.stringify(event))
    return
  }
  const paint = { info: colour.dim, warning: colour.warning, error: colour.bad }[event.severity]
  const { subject, message } = event
  // Most messages name what they are about.
  const before = !subject || message.includes(subject) ? '' : `${colour.bold(subject)}: `
  print(`${colour.dim(moment(event.at))}  ${paint(event.severity.padEnd(7))}  ${before}${message}`)
}
