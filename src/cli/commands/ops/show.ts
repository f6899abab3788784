import { command } from '../../command.ts'
import { operationState, operationTook } from '../../output/operation-line.ts'
import { endedLine, runningLine } from '../../output/step-line.ts'

export const opsShow = command({
  name: ['ops', 'show'],
  summary: 'show an operation with its steps',
  args: [{ name: 'id', kind: 'required', summary: 'An id that `howdah ops ls` lists' }],
  flags: {},
  examples: ['howdah ops show mhz3k2v9abcd', 'howdah ops show mhz3k2v9abcd --json'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const operation = await daemon.api.getOperation({ id: args.id })
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { print, colour } = ctx.terminal
    const took = operationTook(operation, Date.now())
    print(`${operation.title}: ${operationState(operation, colour)}, ${took}`)
    for (const step of operation.steps) {
      const running = step.state === 'running'
      print(`  ${running ? runningLine(step, Date.now(), colour) : endedLine(step, colour)}`)
      if (step.error) print(`      ${step.error.message} (${step.error.code})`)
    }
    if (operation.error) {
      print(`${colour.bad('error:')} ${operation.error.message}`)
      print(`${colour.bold('what now:')} ${operation.error.hint}`)
      print(colour.dim(`code: ${operation.error.code}`))
    }
  },
})
