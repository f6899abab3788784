import type { MemberDocument } from '../contract/documents/member.ts'
import { isOwn } from '../contract/own-host.ts'
import type { Document } from '../store/collection.ts'
import type { AgentEnvironment } from './environment.ts'
import { keepRunning } from './keep-running.ts'
import { memberId, subjectOf } from './layout.ts'
import { MemberLoop } from './member-loop.ts'
import { leavePatroni } from './patroni/leave-patroni.ts'
import { PatroniMemberLoop } from './patroni/patroni-member-loop.ts'
import { isPatroni } from './patroni/places.ts'

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
    // Also one that was ours until now: its server runs on, and another host's agent says what becomes of it.
    if (!isOwn(env.host, doc)) return forget(key)
    const { directory } = doc
    const known = loops.get(key)
    const byPatroni = isPatroni(doc)
    if (known?.directory === directory && known.byPatroni === byPatroni)
      return known.loop.update(doc, revision)
    forget(key)
    const loop = loopOf(doc, revision, env)
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    const free = folders.get(directory) ?? Promise.resolve()
    const ended = free
      .then(() => keepRunning(loop, subjectOf(doc), env, either))
      .then(() => forgetStatus(doc, env))
    loops.set(key, { loop, directory, byPatroni, stop })
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

type Loop = Pick<MemberLoop, 'update' | 'run'>

/** A member that Patroni ran before becomes a server by itself first, which runs on. */
function loopOf(doc: MemberDocument, revision: number, env: AgentEnvironment): Loop {
  if (isPatroni(doc)) return new PatroniMemberLoop(doc, revision, env)
  const loop = new MemberLoop(doc, revision, env)
  return {
    update: loop.update.bind(loop),
    run: async (signal) => {
      await leavePatroni(doc)
      await loop.run(signal)
    },
  }
}

/** What looks after one member. */
interface Looking {
  readonly loop: Loop
  readonly directory: string
  readonly byPatroni: boolean
  readonly stop: AbortController
}
