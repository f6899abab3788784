import type { Operation } from '../../contract/operation.ts'
import type { Context } from '../context.ts'
import { operationTook } from '../output/operation-line.ts'
import { wrap } from '../output/wrap.ts'

/** What a swap means, before it is confirmed. */
export const swapWords = (service: string, other: string): string =>
  wrap(
    `What happens: both servers stop for a moment. Clients of ${service} lose their connections and find the data of ${other} at the same address, with the same password. What ${service} has now is kept, stopped, under another name.`,
    80,
  )

interface Outcome {
  readonly project: string
  readonly service: string
  readonly keptAs: string
}

/** The last words of a swap, with the one command that swaps back. */
export async function showSwapped(
  ctx: Context,
  other: string,
  operation: Operation,
): Promise<void> {
  if (ctx.json) {
    ctx.terminal.json(operation)
    return
  }
  const { project, service, keptAs } = operation.output as Outcome
  const took = operationTook(operation, Date.now())
  ctx.terminal.print(`${service} has the data of ${other} now, in ${took}`)
  ctx.terminal.print(`What it had is kept, stopped, as ${keptAs}.`)
  ctx.terminal.note(`  Swap back with:  howdah -p ${project} swap ${service} ${keptAs}`)
  ctx.terminal.note(`  Remove it with:  howdah -p ${project} down ${keptAs}`)
}
