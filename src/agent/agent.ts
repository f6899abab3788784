import { setTimeout as delay } from 'node:timers/promises'
import type { MemberDocument } from '../contract/documents/member.ts'
import type { Document } from '../store/collection.ts'
import type { AgentEnvironment } from './environment.ts'
import { MemberLoop } from './member-loop.ts'
import { subjectOf } from './layout.ts'

/** A loop that failed for a reason of ours, such as a full disk under the store, is entered again after this long. */
const REENTRY_MS = 1000

/**
 * Makes this host's servers as the member documents say, until `signal` aborts; the servers run on after that. Resolves
 * when no step is under way any more.
 */
export async function runAgent(env: AgentEnvironment, signal: AbortSignal): Promise<void> {
  const { members } = env.documents
  const loops = new Map<string, { loop: MemberLoop; ended: Promise<void>; stop: AbortController }>()
  const follow = ({ key, value: doc, revision }: Document<MemberDocument>): void => {
    const known = loops.get(key)
    if (known) return known.loop.update(doc, revision)
    const loop = new MemberLoop(doc, revision, env)
    const stop = new AbortController()
    const ended = keepRunning(loop, doc, env, AbortSignal.any([signal, stop.signal]))
    loops.set(key, { loop, ended, stop })
  }
  try {
    const changes = env.store.watch(`${members.prefix}/`, signal)
    for (const found of await members.list()) follow(found)
    for await (const change of changes) {
      if (change.kind === 'put') follow(members.parse(change.entry))
      else {
        loops.get(change.key)?.stop.abort()
        loops.delete(change.key)
      }
    }
  } finally {
    // Also when a document could not be read: no step may outlive the store and the home's lock.
    for (const { stop } of loops.values()) stop.abort()
    await Promise.all([...loops.values()].map((l) => l.ended))
  }
}

async function keepRunning(
  loop: MemberLoop,
  doc: MemberDocument,
  env: AgentEnvironment,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await loop.run(signal)
    } catch (error) {
      if (signal.aborted) return
      env.log('member loop failed', { subject: subjectOf(doc), error })
      await delay(REENTRY_MS)
    }
  }
}
