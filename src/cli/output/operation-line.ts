import type { Operation } from '../../contract/operation.ts'
import type { Colour } from './colour.ts'
import { duration } from './duration.ts'

/** The state of an operation, coloured by what it means. */
export function operationState({ state, cancelRequested }: Operation, colour: Colour): string {
  const live = cancelRequested ? colour.warning('cancelling') : colour.accent(state)
  const shown = {
    done: colour.good(state),
    failed: colour.bad(state),
    cancelled: colour.warning(state),
    queued: live,
    running: live,
  }
  return shown[state]
}

/** How long it took, or has been going. */
export const operationTook = ({ createdAt, finishedAt }: Operation, nowMs: number): string =>
  duration((finishedAt ? Date.parse(finishedAt) : nowMs) - Date.parse(createdAt))

/** The instances among what an operation holds, as `project/service`; it may hold a project or a snapshot as well. */
export const instancesOf = ({ subjects }: Operation): string[] =>
  subjects.filter((s) => s.split('/').length === 2 && !s.startsWith('snapshots/'))
