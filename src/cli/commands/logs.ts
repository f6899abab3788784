import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import { chooseInstance } from '../instances.ts'
import { stoppable, untilStopped } from '../interrupt.ts'
import { parseDuration } from '../output/duration.ts'

export const logs = command({
  name: ['logs'],
  summary: 'show an instance’s server log',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    follow: { type: 'boolean', short: 'f', summary: 'Wait for new lines; Ctrl-C ends it' },
    since: {
      type: 'string',
      value: 'WHEN',
      summary: 'Only lines from then on: 10m, 2h30m, or an ISO 8601 instant',
    },
    tail: { type: 'integer', short: 'n', value: 'N', summary: 'At most the N newest lines' },
  },
  examples: ['howdah logs database --tail 50', 'howdah logs -f', 'howdah logs --since 10m'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { project, service } = await chooseInstance(ctx, daemon, args.service)
    const since = flags.since === undefined ? undefined : instantOf(flags.since, Date.now())
    const { signal } = stoppable()
    const lines = daemon.streams.watchLogs(
      {
        project,
        service,
        follow: flags.follow ? 'true' : 'false',
        ...(since === undefined ? {} : { since }),
        ...(flags.tail === undefined ? {} : { tail: flags.tail }),
      },
      signal,
    )
    for await (const line of untilStopped(lines, signal)) {
      ctx.terminal.print(ctx.json ? JSON.stringify(line) : line.line)
    }
  },
})

/** `10m` is that long ago; anything else must be an instant. Throws USAGE. */
export function instantOf(text: string, nowMs: number): string {
  const agoMs = parseDuration(text)
  const atMs = agoMs === undefined ? Date.parse(text) : nowMs - agoMs
  if (Number.isFinite(atMs)) return new Date(atMs).toISOString()
  throw new AppError('USAGE', `--since does not take “${text}”`, {
    hint: 'Give a span such as 90s, 10m or 2h30m, or an instant such as 2026-01-31T12:00:00Z.',
  })
}
