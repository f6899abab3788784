import { LONGEST_JOIN_TOKEN_MS } from '../../../contract/host.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { duration, parseDuration } from '../../output/duration.ts'

export const hostToken = command({
  name: ['host', 'token'],
  summary: 'make a token with which machines may join this cluster',
  description:
    'Whoever has it can make a machine a host, and hosts have everything: give it to nobody else. It lets do nothing else, is good for several machines, and ends by itself or with `howdah token rm`.',
  args: [],
  flags: { expires: { type: 'string', value: 'DURATION', summary: 'It ends then (1h)' } },
  examples: ['howdah host token', 'howdah host token --expires 10m'],
  scope: 'none',
  async run(ctx, { flags: { expires = '1h' } }) {
    const expiresAfterMs = parseDuration(expires)
    if (!expiresAfterMs) {
      throw new AppError('USAGE', `--expires is a duration such as 1h, and not “${expires}”`)
    }
    if (expiresAfterMs > LONGEST_JOIN_TOKEN_MS) {
      const longest = duration(LONGEST_JOIN_TOKEN_MS)
      throw new AppError(
        'USAGE',
        `--expires ${expires} is longer than a join token may live: ${longest}`,
      )
    }
    const daemon = await ctx.daemon()
    const made = await daemon.api.createJoinToken({ expiresAfterMs })
    if (ctx.json) return ctx.terminal.json(made)
    ctx.terminal.note(
      `Good for ${duration(expiresAfterMs)}, and shown once. On each machine that is to join: howdah host join TOKEN`,
    )
    ctx.terminal.print(made.token)
  },
})
