import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument, MemberStatus } from '../../contract/documents/member.ts'
import type { Instance, InstanceState, Mode } from '../../contract/instance.ts'
import type { InstanceRecovery } from '../../contract/recovery.ts'

export interface InstanceFacts {
  readonly instance: InstanceDocument
  readonly member: MemberDocument | undefined
  readonly status: MemberStatus | undefined
  readonly mode: Mode
  readonly caFile: string
  readonly dataBytes: number | undefined
  readonly operation: string | undefined
  readonly recovery: InstanceRecovery | undefined
  /** Of another host than this one. */
  readonly isElsewhere: boolean
  /** Its host’s daemon says nothing: what is known is from before. */
  readonly isHostDown: boolean
}

/** An instance as people see it, computed from its documents each time. */
export function instanceView(facts: InstanceFacts): Instance {
  const { instance, member, status } = facts
  const directory = member?.directory ?? ''
  const reason = facts.isHostDown
    ? `the host “${instance.host}” does not answer; this is what it said last`
    : status?.error?.message
  return {
    project: instance.project,
    service: instance.service,
    id: instance.id,
    ...(instance.host === undefined ? {} : { host: instance.host }),
    state: stateOf(instance, status),
    ...(reason ? { reason } : {}),
    version: `${instance.engine.major}.${instance.engine.minor}`,
    engine: instance.engine.id,
    endpoint: instance.endpoint,
    user: instance.user,
    database: instance.database,
    caFile: facts.caFile,
    ...(facts.isElsewhere ? { isElsewhere: true } : {}),
    dataDirectory: `${directory}/data`,
    logFile: `${directory}/log/postgresql.log`,
    ...(facts.dataBytes === undefined ? {} : { dataBytes: facts.dataBytes }),
    memoryBytes: instance.memoryBytes,
    ...(status?.pid ? { pid: status.pid } : {}),
    ...(status?.startedAt ? { startedAt: status.startedAt } : {}),
    restarts: status?.restarts ?? 0,
    createdAt: instance.createdAt,
    mode: facts.mode,
    ...(instance.branch ? { branch: instance.branch } : {}),
    ...(instance.heldSince ? { heldSince: instance.heldSince } : {}),
    ...(facts.operation ? { operation: facts.operation } : {}),
    ...(facts.recovery ? { recovery: facts.recovery } : {}),
  }
}

function stateOf(instance: InstanceDocument, status: MemberStatus | undefined): InstanceState {
  if (instance.phase !== 'live') return instance.phase
  switch (status?.state) {
    case 'ready':
      return 'ready'
    case 'stopping':
      return 'stopping'
    case 'suspended':
      return 'suspended'
    case 'stopped':
    case 'absent':
      return 'stopped'
    case 'crashed':
      return status.failures > 3 ? 'failed' : 'restarting'
    case 'failed':
      return 'failed'
    case 'initialising':
    case 'starting':
    case undefined:
      return 'starting'
  }
}
