import type { InstanceDocument } from '../contract/documents/instance.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import type { Write } from '../store/store.ts'
import type { AgentEnvironment } from './environment.ts'
import { memberId, subjectOf } from './layout.ts'

type Wish = 'running' | 'suspended'

/**
 * Has a member that sleeps run, and its instance with it, because a client waits. No operation is asked: whatever one
 * does with a sleeping server, it can do with one that runs. False when it is not to sleep any more.
 */
export async function wake(env: AgentEnvironment, doc: MemberDocument): Promise<boolean> {
  for (;;) {
    const writes = await changed(env, doc, 'suspended', 'running')
    if (!writes) return false
    if (await written(env, writes)) return true
  }
}

/**
 * Has a member that nobody uses sleep, and its instance with it, unless something changed it since it was looked at
 * (`revision`), or an operation holds the instance or one of `subjects`. True when it will.
 */
export async function putToSleep(
  env: AgentEnvironment,
  doc: MemberDocument,
  revision: number,
  subjects: readonly string[],
): Promise<boolean> {
  const { locks } = env.documents
  const writes = await changed(env, doc, 'running', 'suspended', revision)
  if (!writes) return false
  // No operation may have begun: conditions of the same write.
  const free = [doc.project, subjectOf(doc), ...subjects].map((s) => locks.remove([s], 0))
  return written(env, [...writes, ...free])
}

/** The writes that change a member and its instance from one wish to the other; undefined when they are not as thought. */
async function changed(
  env: AgentEnvironment,
  doc: MemberDocument,
  from: Wish,
  to: Wish,
  revision?: number,
): Promise<Write[] | undefined> {
  const { members, instances } = env.documents
  const member = await members.get(...memberId(doc))
  if (member?.value.wanted !== from) return undefined
  if (revision !== undefined && member.revision !== revision) return undefined
  const writes = [members.put(memberId(doc), { ...member.value, wanted: to }, member.revision)]
  const instance = await instances.get(doc.project, doc.service)
  if (instance?.value.wanted === from) {
    const next: InstanceDocument = { ...instance.value, wanted: to }
    writes.push(instances.put([doc.project, doc.service], next, instance.revision))
  }
  return writes
}

async function written(env: AgentEnvironment, writes: readonly Write[]): Promise<boolean> {
  try {
    await env.store.write(writes)
    return true
  } catch (error) {
    if (AppError.from(error).code === 'STORE_CONFLICT') return false
    throw error
  }
}

/** Tells people that an instance fell asleep or woke. */
export function tellSleep(env: AgentEnvironment, doc: MemberDocument, what: Wish): void {
  const subject = subjectOf(doc)
  const message =
    what === 'running'
      ? `a client connects to ${subject}, which wakes`
      : `${subject} has no clients and sleeps until one connects`
  const kind = what === 'running' ? 'instance-woken' : 'instance-suspended'
  env.event({ severity: 'info', kind, subject, message })
}
