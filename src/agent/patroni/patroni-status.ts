import type { MemberStatus } from '../../contract/documents/member.ts'
import type { PatroniStep } from '../../core/patroni/converge-patroni.ts'
import { roundedLag } from '../../core/patroni/rounded-lag.ts'
import type { ServerSeen } from '../../core/plan/converge-member.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { PatroniLook } from './patroni-watch.ts'

export interface PatroniFacts {
  readonly memberRevision: number
  readonly server: ServerSeen
  readonly look: PatroniLook
  readonly step: PatroniStep
  readonly restarts: number
  readonly failures: number
  readonly error: AppError | undefined
}

/** What an agent tells of a member that Patroni runs. */
export function patroniStatus(facts: PatroniFacts): MemberStatus {
  const { server, step, error } = facts
  const running = server.state === 'stopped' ? undefined : server
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
    ...(running ? standing(facts.look) : {}),
  }
}

/** Its place among the members. */
function standing({ state, own, isPrimary }: PatroniLook): Partial<MemberStatus> {
  const timeline = isPrimary ? state?.timeline : own?.timeline
  const lagBytes = isPrimary ? undefined : own?.lagBytes
  return {
    role: isPrimary ? 'primary' : 'replica',
    ...(!isPrimary && own?.isSync ? { isSync: true } : {}),
    ...(timeline === undefined ? {} : { timeline }),
    ...(lagBytes === undefined ? {} : { lagBytes: roundedLag(lagBytes) }),
    ...(state?.pendingRestart ? { needsRestart: true } : {}),
  }
}

function stateOf(step: PatroniStep, failed: boolean): MemberStatus['state'] {
  switch (step.kind) {
    case 'rest':
    case 'wait':
      return step.state
    case 'give-up':
      return 'failed'
    case 'create-data':
      return 'initialising'
    case 'end-strays':
    case 'write-files':
    case 'start-server':
    case 'start-patroni':
    case 'kill-patroni':
    case 'restart-server':
      return failed ? 'crashed' : 'starting'
    case 'reload':
      return 'ready'
    case 'fence':
      return 'crashed'
    case 'stop-patroni':
    case 'stop-server':
    case 'remove':
      return 'stopping'
  }
}
