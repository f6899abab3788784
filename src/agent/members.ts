import type { MemberDocument } from '../contract/documents/member.ts'
import type { Document } from '../store/collection.ts'
import type { AgentEnvironment } from './environment.ts'
import { keepRunning } from './keep-running.ts'
import { memberId, subjectOf } from './layout.ts'
import { MemberLoop } from './member-loop.ts'

/**
 * Makes this host's servers as the member documents say, until `signal` aborts; the servers run on after that. Resolves
 * when no step is under way any more.
 */
export async function runMembers(env: AgentEnvironment, signal: AbortSignal): Promise<void> {
  const { members } = env.documents
  const loops = new Map<string, Looking>()
  /** The newest loop of each folder. A folder has one at a time, whatever names its member had: a swap gives it another. */
  const folders = new Map<string, Promise<void>>()
  const forget = (key: string): void => {
    loops.get(key)?.stop.abort()
    loops.delete(key)
  }
  const follow = ({ key, value: doc, revision }: Document<MemberDocument>): void => {
    const { directory } = doc
    const known = loops.get(key)
    if (known?.directory === directory) return known.loop.update(doc, revision)
    forget(key)
    const loop = new MemberLoop(doc, revision, env)
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    const free = folders.get(directory) ?? Promise.resolve()
    const ended = free
      .then(() => keepRunning(loop, subjectOf(doc), env, either))
      .then(() => forgetStatus(doc, env))
    loops.set(key, { loop, directory, stop })
    folders.set(directory, ended)
    void ended.then(() => folders.get(directory) === ended && folders.delete(directory))
  }
  try {
    const changes = env.store.watch(`${members.prefix}/`, signal)
    for (const found of await members.list()) follow(found)
    for await (const change of changes) {
      if (change.kind === 'put') follow(members.parse(change.entry))
      else forget(change.key)
    }
  } finally {
    // Also when a document could not be read: no step may outlive the store and the home's lock.
    for (const { stop } of loops.values()) stop.abort()
    await Promise.all(folders.values())
  }
}

/** A look that was under way when a member's document went has written its status after that. */
async function forgetStatus(doc: MemberDocument, env: AgentEnvironment): Promise<void> {
  const { members, observed } = env.documents
  const id = memberId(doc)
  try {
    const status = await observed.get(...id)
    if (!status || (await members.get(...id))) return
    await env.store.write([observed.remove(id, status.revision)])
  } catch (error) {
    // Nobody is misled by it: a status counts for the revision of the document that it answers.
    env.log('a status that belongs to nothing was not removed', { subject: subjectOf(doc), error })
  }
}

/** What looks after one member. */
interface Looking {
  readonly loop: MemberLoop
  readonly directory: string
  readonly stop: AbortController
}
