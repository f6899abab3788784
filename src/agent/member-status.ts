import type { MemberProgress, MemberStatus } from '../contract/documents/member.ts'
import type { MemberSeen, MemberStep } from '../core/plan/converge-member.ts'
import type { AppError } from '../errors/app-error.ts'

export interface StatusFacts {
  readonly memberRevision: number
  readonly seen: MemberSeen
  /** What is done next about it. */
  readonly step: MemberStep
  readonly restarts: number
  readonly failures: number
  /** Why it does not run. */
  readonly error: AppError | undefined
  readonly progress: MemberProgress | undefined
}

/** What an agent tells of a member. */
export function memberStatus(facts: StatusFacts): MemberStatus {
  const { seen, step, error, progress } = facts
  const running = seen.server.state === 'stopped' ? undefined : seen.server
  return {
    format: 1,
    memberRevision: facts.memberRevision,
    state: stateOf(step, error !== undefined),
    configGeneration: running?.configGeneration ?? 0,
    restartGeneration: running?.restartGeneration ?? 0,
    ...(running ? { pid: running.pid } : {}),
    ...(running ? { startedAt: new Date(running.startedAtMs).toISOString() } : {}),
    restarts: facts.restarts,
    failures: facts.failures,
    ...(error && !running ? { error: error.toJSON() } : {}),
    ...(step.kind === 'wait' && step.untilMs ? { retryAt: instantOf(step.untilMs) } : {}),
    ...(progress ? { progress } : {}),
  }
}

function stateOf(step: MemberStep, failed: boolean): MemberStatus['state'] {
  switch (step.kind) {
    case 'rest':
    case 'wait':
      return step.state
    case 'give-up':
      return 'failed'
    case 'wake':
      return 'suspended' // until its document says otherwise
    case 'create-data':
      return 'initialising'
    case 'end-strays':
    case 'write-files':
    case 'start':
      return failed ? 'crashed' : 'starting'
    case 'reload':
    case 'hand-over':
      return 'ready'
    case 'open-door':
    case 'stop':
    case 'close-door':
    case 'remove':
      return 'stopping'
  }
}

/** The wall clock's name, to the second, for a moment of the monotonic clock, which no one can set back. */
const instantOf = (monotonicMs: number): string => {
  const wallMs = Date.now() + monotonicMs - performance.now()
  return new Date(Math.round(wallMs / 1000) * 1000).toISOString()
}
