import type { Head } from '../../core/plan/exchange.ts'
import type { Write } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'
import { givePassword, openPassword } from './password.ts'
import { editMember, memberIdOf, memberOf, untilReady, untilState } from '../members.ts'

/** Two instances as they were before one took the other's place, with their sealed passwords. */
export interface Noted {
  readonly head: Head
  readonly taker: Head
  readonly sealedHead: string
  readonly sealedTaker: string
}

/** Undoes an exchange, however far it came, and starts what ran before. Safe to repeat. */
export async function putBack(
  d: Dependencies,
  { project, service, keepAs }: { project: string; service: string; keepAs: string },
  noted: Noted,
  signal: AbortSignal,
): Promise<void> {
  const { instances, members, observed, credentials } = d.documents
  const { head, taker } = noted
  const now = await instances.get(project, service)
  if (now?.value.id !== head.instance.id) {
    await takeBackPassword(d, noted)
    const failed = await editMember(d, project, service, (m) => ({ ...m, wanted: 'stopped' }))
    await untilState(d, failed, signal, 'stopped')
    const kept = keepAs === taker.instance.service ? [] : [keepAs]
    await d.store.write([
      ...kept.flatMap((name) => [
        members.remove(memberIdOf(project, name)),
        instances.remove([project, name]),
        credentials.remove([project, name]),
        observed.remove(memberIdOf(project, name)),
      ]),
      observed.remove(memberIdOf(project, service)),
      observed.remove(memberIdOf(project, taker.instance.service)),
      ...asNoted(d, head, noted.sealedHead),
      ...asNoted(d, taker, noted.sealedTaker),
    ])
  }
  for (const { instance, member } of [taker, head]) {
    const { wanted } = member
    await editMember(d, project, instance.service, (m) => ({ ...m, wanted }))
  }
  if (head.member.wanted === 'running') {
    await untilReady(d, await memberOf(d, project, service), signal)
  }
}

/** The taker's data may have the head's password already; a server that never came up has not. */
async function takeBackPassword(d: Dependencies, { head, taker, sealedTaker }: Noted) {
  const id = memberIdOf(head.instance.project, head.instance.service)
  const [member, status] = await Promise.all([
    d.documents.members.get(...id),
    d.documents.observed.get(...id),
  ])
  if (!member || status?.value.state !== 'ready') return
  const password = openPassword(d, taker.instance, sealedTaker)
  await givePassword(d, member.value, taker.instance.user, password)
}

function asNoted({ documents }: Dependencies, { instance, member }: Head, sealed: string): Write[] {
  const { project, service } = instance
  return [
    documents.instances.put([project, service], instance),
    documents.members.put(memberIdOf(project, service), member),
    documents.credentials.put([project, service], { format: 1, sealed }),
  ]
}
