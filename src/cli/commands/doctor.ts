import { catalog } from '../../errors/catalog.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/finding.ts'

export const doctor = command({
  name: ['doctor'],
  summary: 'find what is wrong here and say how to mend it',
  description:
    'Works with everything down and changes nothing. The exit status is 0 when nothing fails, else 69; warnings do not count.',
  args: [],
  flags: {},
  examples: ['howdah doctor', 'howdah doctor --json'],
  scope: 'none',
  async run(ctx) {
    const findings = await examine(ctx)
    if (ctx.json) ctx.terminal.json(findings)
    else for (const finding of findings) show(ctx, finding)
    // EX_UNAVAILABLE: something that the next command needs is not there.
    return findings.some(({ status }) => status === 'fail') ? catalog.DAEMON_UNREACHABLE.exit : 0
  },
})

function show({ terminal }: Context, { name, status, message, whatNow }: Finding): void {
  const { good, warning, bad, dim } = terminal.colour
  const mark = { ok: good('ok  '), warn: warning('warn'), fail: bad('FAIL') }[status]
  const [first, ...more] = message.split('\n')
  terminal.print(`${mark}  ${name}: ${first}`)
  for (const line of more) terminal.print(dim(`      │ ${line}`))
  if (whatNow) terminal.print(`      what now: ${whatNow}`)
}
