import type { Operation } from '../../contract/operation.ts'
import type { Colour } from './colour.ts'
import { duration } from './duration.ts'

/** The state of an operation, coloured by what it means. */
export function operationState({ state, cancelRequested }: Operation, colour: Colour): string {
  switch (state) {
    case 'done':
      return colour.good(state)
    case 'failed':
      return colour.bad(state)
    case 'cancelled':
      return colour.warning(state)
    case 'queued':
    case 'running':
      return cancelRequested ? colour.warning('cancelling') : colour.accent(state)
  }
}

/** How long it took, or has been going. */
export const operationTook = ({ createdAt, finishedAt }: Operation, nowMs: number): string =>
  duration((finishedAt ? Date.parse(finishedAt) : nowMs) - Date.parse(createdAt))
