import type { Operation } from '../../contract/operation.ts'
import type { Context } from '../context.ts'

/** The last words of a command that does not wait for its operation. */
export function sayBegun({ json, terminal }: Context, operation: Operation): void {
  if (json) terminal.json(operation)
  else terminal.print(`${operation.title} has begun: ${operation.id}`)
  terminal.note(`Follow it with: howdah ops tail ${operation.id}`)
}
