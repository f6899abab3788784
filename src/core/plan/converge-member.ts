import type { MemberDocument, MemberStatus } from '../../contract/documents/member.ts'

/** What the machine shows of a member: asked anew each time, never remembered. */
export interface MemberSeen {
  /** `foreign`: the data was made by another major, which `foundMajor` names. */
  readonly data: 'absent' | 'present' | 'foreign'
  readonly foundMajor?: string
  /** The member's folder exists, with or without data. */
  readonly directory: boolean
  /** Our files have the document's text, and the certificate its names and a good while to live. */
  readonly filesCurrent: boolean
  readonly server: ServerSeen
  /** Programs that work on the member's folder without being its server: an initdb whose daemon died. */
  readonly strays: readonly number[]
  /** Who listens at its endpoint in its place: nobody, we, we and a client waits, or we where it was before. */
  readonly door: 'closed' | 'open' | 'knocked' | 'elsewhere'
}

export type ServerSeen =
  | { readonly state: 'stopped' }
  | {
      readonly state: 'starting' | 'ready' | 'stopping'
      readonly pid: number
      readonly startedAtMs: number
      /** What the running server has taken over. */
      readonly configGeneration: number
      readonly restartGeneration: number
    }

/** What the agent remembers between steps, because the machine cannot show it. */
export interface MemberMemory {
  /** Failed creations or starts in a row. */
  readonly failures: number
  /** The next try is not before. */
  readonly retryAtMs: number
  /** The WAL that its new data needed ended its recovery by an error. */
  readonly recoveryFailed?: boolean
}

export type MemberStep =
  | { readonly kind: 'end-strays'; readonly pids: readonly number[] }
  | { readonly kind: 'create-data' | 'write-files' | 'start' | 'reload' | 'stop' | 'remove' }
  /** Listen in its place; do so no more; have it run, since a client waits; give it the clients who waited. */
  | { readonly kind: 'open-door' | 'close-door' | 'wake' | 'hand-over' }
  /** Something is under way; look again on a change or at `untilMs`. */
  | { readonly kind: 'wait'; readonly state: MemberStatus['state']; readonly untilMs?: number }
  /** Only a person or a new document can help. */
  | { readonly kind: 'give-up'; readonly reason: 'data-foreign' | 'data-missing' | 'recovery' }
  /** The machine is as the document says. */
  | { readonly kind: 'rest'; readonly state: 'ready' | 'suspended' | 'stopped' | 'absent' }

/** The one next step that brings a member nearer to its document. Pure; the agent performs it and asks again. */
export function nextStep(
  doc: MemberDocument,
  seen: MemberSeen,
  memory: MemberMemory,
  nowMs: number,
): MemberStep {
  const step = wantedStep(doc, seen, memory)
  const acts = step.kind !== 'wait' && step.kind !== 'rest' && step.kind !== 'give-up'
  if (!acts || memory.retryAtMs <= nowMs) return step
  const state = seen.server.state === 'stopped' ? 'crashed' : seen.server.state
  return { kind: 'wait', state, untilMs: memory.retryAtMs }
}

function wantedStep(doc: MemberDocument, seen: MemberSeen, memory: MemberMemory): MemberStep {
  switch (doc.wanted) {
    case 'absent':
      return towardsAbsent(seen)
    case 'stopped':
      return towardsStopped(seen)
    case 'suspended':
      return towardsSuspended(doc, seen)
    case 'running':
      return seen.server.state === 'stopped'
        ? towardsStarted(doc, seen, memory)
        : keepRunning(doc, seen, seen.server)
  }
}

function towardsAbsent(seen: MemberSeen): MemberStep {
  const stopped = towardsStopped(seen)
  if (stopped.kind !== 'rest') return stopped
  return seen.directory ? { kind: 'remove' } : { kind: 'rest', state: 'absent' }
}

function towardsStopped(seen: MemberSeen): MemberStep {
  if (seen.door !== 'closed') return { kind: 'close-door' }
  return withoutServer(seen) ?? { kind: 'rest', state: 'stopped' }
}

/** What ends the server; undefined when there is none. */
function withoutServer(seen: MemberSeen): MemberStep | undefined {
  if (seen.server.state === 'stopping') return { kind: 'wait', state: 'stopping' }
  if (seen.server.state !== 'stopped') return { kind: 'stop' }
  return seen.strays.length > 0 ? { kind: 'end-strays', pids: seen.strays } : undefined
}

function towardsSuspended(doc: MemberDocument, seen: MemberSeen): MemberStep {
  const ending = withoutServer(seen)
  if (ending) return ending
  // Nobody is to wait at the door of a server that cannot come.
  if (seen.data === 'foreign') return { kind: 'give-up', reason: 'data-foreign' }
  if (seen.data === 'absent' && doc.initialised) return { kind: 'give-up', reason: 'data-missing' }
  switch (seen.door) {
    case 'closed':
      return { kind: 'open-door' }
    case 'elsewhere':
      return { kind: 'close-door' }
    case 'knocked':
      return { kind: 'wake' }
    case 'open':
      return { kind: 'rest', state: 'suspended' }
  }
}

function keepRunning(
  doc: MemberDocument,
  seen: MemberSeen,
  server: Exclude<ServerSeen, { state: 'stopped' }>,
): MemberStep {
  if (server.state === 'stopping') return { kind: 'wait', state: 'stopping' }
  if (server.restartGeneration < doc.restartGeneration) return { kind: 'stop' }
  if (server.state === 'starting') return { kind: 'wait', state: 'starting' }
  if (seen.door !== 'closed') return { kind: 'hand-over' }
  if (!seen.filesCurrent) return { kind: 'write-files' }
  if (server.configGeneration < doc.configGeneration) return { kind: 'reload' }
  return { kind: 'rest', state: 'ready' }
}

function towardsStarted(doc: MemberDocument, seen: MemberSeen, memory: MemberMemory): MemberStep {
  if (seen.strays.length > 0) return { kind: 'end-strays', pids: seen.strays }
  if (seen.data === 'foreign') return { kind: 'give-up', reason: 'data-foreign' }
  if (seen.data === 'absent' && doc.initialised) return { kind: 'give-up', reason: 'data-missing' }
  if (seen.data === 'absent') return { kind: 'create-data' }
  // The same WAL again would end it the same way; what restores it tells a person, and begins anew.
  if (memory.recoveryFailed && !doc.initialised) return { kind: 'give-up', reason: 'recovery' }
  if (!seen.filesCurrent) return { kind: 'write-files' }
  return { kind: 'start' }
}

/** Delay before the next try after so many failures in a row: 0.1 s, doubling, at most 30 s. */
export function retryDelayMs(failures: number): number {
  return Math.min(30_000, 100 * 2 ** Math.max(0, failures - 1))
}
