import { command } from '../../command.ts'
import { findingsText } from '../../host/findings-text.ts'
import { hostFlags, readHost } from '../../host/read-host.ts'
import { parseJoinToken } from '../../../core/host/join-token.ts'
import { demandLocal } from '../../remote/demand-local.ts'

const EX_UNAVAILABLE = 69

export const hostCheck = command({
  name: ['host', 'check'],
  summary: 'look whether this machine can be a host, changing nothing',
  description:
    'With a token it also looks whether the hosts of that cluster can be reached, and whether this machine is empty. The exit status is 69 when it cannot be a host.',
  args: [{ name: 'token', kind: 'optional', summary: 'From `howdah host token`' }],
  flags: hostFlags,
  examples: ['howdah host check', 'howdah host check --address 10.0.0.5 --json'],
  scope: 'none',
  async run(ctx, { args: { token }, flags }) {
    await demandLocal(ctx)
    if (token !== undefined) parseJoinToken(token)
    const host = await readHost(ctx, flags)
    const daemon = await ctx.daemon()
    const check = await daemon.api.checkHost({ ...host, ...(token === undefined ? {} : { token }) })
    const { json, print, colour, width } = ctx.terminal
    if (ctx.json) json({ host, ...check })
    else print(findingsText(check.findings, colour, width))
    return check.findings.some(({ verdict }) => verdict === 'refused') ? EX_UNAVAILABLE : 0
  },
})
