import type { MemberDocument, MemberStatus } from '../../contract/documents/member.ts'
import type { MemberMemory, ServerSeen } from '../plan/converge-member.ts'
import type { GuardVerdict } from './guard.ts'

/** What the machine and etcd show of a member that Patroni runs. */
export interface PatroniSeen {
  readonly data: 'absent' | 'present' | 'foreign'
  readonly foundMajor?: string
  readonly directory: boolean
  /** Patroni’s files, ours and the certificates are as they should be. */
  readonly filesCurrent: boolean
  readonly server: ServerSeen
  readonly strays: readonly number[]
  /** Its process; `outdated`: one that began with another engine. */
  readonly patroni: 'dead' | 'alive' | 'outdated'
  /** It gave an answer: before its first, a signal to read its files would end it. */
  readonly answers: boolean
  /** The scope has its data’s identity in etcd: it was founded, and whoever is new copies. Undefined: etcd does not say. */
  readonly founded: boolean | undefined
  /** A Patroni ran here before. */
  readonly hasRun: boolean
  readonly guard: GuardVerdict
}

export type PatroniStep =
  | { readonly kind: 'end-strays'; readonly pids: readonly number[] }
  | { readonly kind: 'create-data' | 'write-files' | 'reload' | 'remove' }
  /** Patroni: start it; end it in order, which ends the server; end it at once, which does not. */
  | { readonly kind: 'start-patroni' | 'stop-patroni' }
  | { readonly kind: 'kill-patroni'; readonly reason: 'silent' | 'outdated' }
  /** The server: start it alone, so that Patroni finds it running; through Patroni start it anew; end it without Patroni. */
  | { readonly kind: 'start-server' | 'restart-server' | 'stop-server' }
  /** End Patroni and the server, losing nothing that was committed and no time. */
  | { readonly kind: 'fence' }
  | { readonly kind: 'wait'; readonly state: MemberStatus['state']; readonly untilMs?: number }
  | { readonly kind: 'give-up'; readonly reason: 'data-foreign' | 'data-missing' }
  | { readonly kind: 'rest'; readonly state: 'ready' | 'suspended' | 'stopped' | 'absent' }

/** The one next step that brings such a member nearer to its document. Pure; the agent performs it and asks again. */
export function nextPatroniStep(
  doc: MemberDocument,
  seen: PatroniSeen,
  memory: MemberMemory,
  nowMs: number,
): PatroniStep {
  // Nothing that failed before delays it.
  if (seen.guard === 'fence') return { kind: 'fence' }
  const step = wantedStep(doc, seen)
  const acts = step.kind !== 'wait' && step.kind !== 'rest' && step.kind !== 'give-up'
  if (!acts || memory.retryAtMs <= nowMs) return step
  const state = seen.server.state === 'stopped' ? 'crashed' : seen.server.state
  return { kind: 'wait', state, untilMs: memory.retryAtMs }
}

function wantedStep(doc: MemberDocument, seen: PatroniSeen): PatroniStep {
  switch (doc.wanted) {
    case 'running':
      return seen.patroni === 'dead' ? towardsPatroni(doc, seen) : keepRunning(doc, seen)
    case 'suspended':
      return ended(seen) ?? { kind: 'rest', state: 'suspended' }
    case 'stopped':
      return ended(seen) ?? { kind: 'rest', state: 'stopped' }
    case 'absent':
      return (
        ended(seen) ?? (seen.directory ? { kind: 'remove' } : { kind: 'rest', state: 'absent' })
      )
  }
}

const silent = { kind: 'kill-patroni', reason: 'silent' } as const

/** What ends Patroni, then a server that it left; undefined when neither is there. */
function ended(seen: PatroniSeen): PatroniStep | undefined {
  if (seen.patroni !== 'dead') return seen.guard === 'restart' ? silent : { kind: 'stop-patroni' }
  if (seen.server.state === 'stopping') return { kind: 'wait', state: 'stopping' }
  if (seen.server.state !== 'stopped') return { kind: 'stop-server' }
  return seen.strays.length > 0 ? { kind: 'end-strays', pids: seen.strays } : undefined
}

function keepRunning(doc: MemberDocument, seen: PatroniSeen): PatroniStep {
  if (seen.guard === 'restart') return silent
  if (seen.patroni === 'outdated' && seen.answers)
    return { kind: 'kill-patroni', reason: 'outdated' }
  if (!seen.filesCurrent) return { kind: 'write-files' }
  const { server } = seen
  // It copies, rewinds, or starts it again by itself.
  if (server.state === 'stopped')
    return { kind: 'wait', state: seen.data === 'absent' ? 'initialising' : 'starting' }
  if (!seen.answers) return { kind: 'wait', state: server.state }
  if (server.configGeneration < doc.configGeneration) return { kind: 'reload' }
  if (server.state !== 'ready') return { kind: 'wait', state: server.state }
  if (server.restartGeneration < doc.restartGeneration) return { kind: 'restart-server' }
  return { kind: 'rest', state: 'ready' }
}

function towardsPatroni(doc: MemberDocument, seen: PatroniSeen): PatroniStep {
  if (seen.data === 'foreign' && seen.server.state === 'stopped')
    return { kind: 'give-up', reason: 'data-foreign' }
  if (seen.strays.length > 0) return { kind: 'end-strays', pids: seen.strays }
  // Among them the certificate, without which etcd says nothing.
  if (!seen.filesCurrent) return { kind: 'write-files' }
  const mayFound = seen.founded === false && doc.patroni?.founds === true
  if (seen.server.state === 'stopped' && mayFound) return towardsFounding(doc, seen)
  // Without a word of etcd, a Patroni that ran before waits for it as well as we do; and who does not found waits for who does.
  const canStart = mayFound || (seen.founded ?? seen.hasRun)
  return canStart ? { kind: 'start-patroni' } : { kind: 'wait', state: 'starting' }
}

function towardsFounding(doc: MemberDocument, seen: PatroniSeen): PatroniStep {
  if (seen.data === 'present') return { kind: 'start-server' }
  if (doc.initialised) return { kind: 'give-up', reason: 'data-missing' }
  return { kind: 'create-data' }
}
