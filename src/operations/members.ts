import type { InstanceDocument } from '../contract/documents/instance.ts'
import type { MemberDocument, MemberStatus } from '../contract/documents/member.ts'
import { describeProgress } from '../core/describe-progress.ts'
import { AppError, type ErrorBody } from '../errors/app-error.ts'
import type { Dependencies } from './dependencies.ts'

/** The store id of an instance's only member. */
export const memberIdOf = (project: string, service: string): [string, string, string] => [
  project,
  service,
  '0',
]

export async function instanceOf(
  d: Dependencies,
  project: string,
  service: string,
): Promise<InstanceDocument> {
  const found = await d.documents.instances.get(project, service)
  if (found) return found.value
  throw new AppError(
    'INSTANCE_NOT_FOUND',
    `there is no instance “${service}” in the project “${project}”`,
  )
}

export async function memberOf(
  d: Dependencies,
  project: string,
  service: string,
  index = '0',
): Promise<MemberDocument> {
  const found = await d.documents.members.get(project, service, index)
  if (found) return found.value
  throw new AppError(
    'INSTANCE_NOT_FOUND',
    `there is no server of “${service}” in the project “${project}”`,
  )
}

type Edit = (member: MemberDocument) => MemberDocument

/** Changes a member's document; an edit that changes nothing writes nothing. */
export async function editMember(
  d: Dependencies,
  project: string,
  service: string,
  edit: Edit,
): Promise<MemberDocument> {
  const { members } = d.documents
  const found = await members.get(...memberIdOf(project, service))
  if (!found)
    throw new AppError('INSTANCE_NOT_FOUND', `there is no server of ${project}/${service}`)
  const next = edit(found.value)
  if (JSON.stringify(next) !== JSON.stringify(found.value)) {
    await d.store.write([members.put(memberIdOf(project, service), next, found.revision)])
  }
  return next
}

/**
 * Wants a member running, and has the agent look at it anew even if it is wanted so already: a failure from before counts no more,
 * since what was in the way may have been mended.
 */
export async function askToRun(
  d: Dependencies,
  project: string,
  service: string,
): Promise<MemberDocument> {
  const member = { ...(await memberOf(d, project, service)), wanted: 'running' as const }
  await d.store.write([d.documents.members.put(memberIdOf(project, service), member)])
  return member
}

/**
 * Wakes the server of an instance that sleeps, for what needs a session, and waits until it takes connections. One that is
 * to be stopped stays so.
 */
export async function awake(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<MemberDocument> {
  const member = await memberOf(d, project, service)
  if (member.wanted !== 'suspended') return member
  await editInstance(d, project, service, (i) => ({ ...i, wanted: 'running' }))
  const running = await askToRun(d, project, service)
  await untilReady(d, running, signal)
  return running
}

export async function editInstance(
  d: Dependencies,
  project: string,
  service: string,
  edit: (instance: InstanceDocument) => InstanceDocument,
): Promise<void> {
  const { instances } = d.documents
  const found = await instances.get(project, service)
  if (!found) throw new AppError('INSTANCE_NOT_FOUND', `there is no instance ${project}/${service}`)
  await d.store.write([instances.put([project, service], edit(found.value), found.revision)])
}

/** Waits until the member's server takes connections with its document's files and binary. Fails with its first error. */
export function untilReady(
  d: Dependencies,
  member: MemberDocument,
  signal: AbortSignal,
  report?: (progress: string) => void,
  onStatus?: (status: MemberStatus) => void,
) {
  return untilStatus(d, member, signal, (status) => {
    onStatus?.(status)
    if (status.progress) report?.(describeProgress(status.progress))
    if (status.error && status.failures > 0) throw AppError.fromBody(status.error as ErrorBody)
    if (status.state === 'failed' && status.error)
      throw AppError.fromBody(status.error as ErrorBody)
    return (
      status.state === 'ready' &&
      status.configGeneration >= member.configGeneration &&
      status.restartGeneration >= member.restartGeneration
    )
  })
}

export function untilState(
  d: Dependencies,
  member: MemberDocument,
  signal: AbortSignal,
  state: 'stopped' | 'suspended' | 'absent',
) {
  return untilStatus(d, member, signal, (status) => status.state === state)
}

/** Waits for the agent's word on the member document as it is now; what it said of an older one does not count. */
async function untilStatus(
  d: Dependencies,
  member: MemberDocument,
  signal: AbortSignal,
  accept: (status: MemberStatus) => boolean,
): Promise<void> {
  const { members, observed } = d.documents
  const done = new AbortController()
  const either = AbortSignal.any([signal, done.signal])
  const id = [member.project, member.service, String(member.index)]
  const revision = (await members.get(...id))?.revision ?? 0
  const fits = (status: MemberStatus): boolean =>
    status.memberRevision >= revision && accept(status)
  try {
    const changes = d.store.watch(observed.key(...id), either)
    const now = await observed.get(...id)
    if (now && fits(now.value)) return
    for await (const change of changes) {
      if (change.kind === 'put' && fits(observed.parse(change.entry).value)) return
    }
    signal.throwIfAborted()
  } finally {
    done.abort()
  }
}
