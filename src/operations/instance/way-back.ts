import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Dependencies } from '../dependencies.ts'
import { nameRestorePoint } from '../lineage/restore-point.ts'
import { editMember, memberOf, untilReady } from '../members.ts'
import type { Context } from '../procedure.ts'

/** What a change may change of a server. */
const changeable = ['files', 'enforced', 'engine', 'endpoint', 'certificate'] as const

/** Long enough for crash recovery after the failed start; then the failed change is reported all the same. */
const BACK_DEADLINE_MS = 10 * 60 * 1000

/** Runs a change of a server. When it fails, the server gets back what it had, and the change's own error is thrown. */
export async function withWayBack(
  { id, step, signal }: Context,
  d: Dependencies,
  project: string,
  service: string,
  change: () => Promise<void>,
): Promise<void> {
  const before = await step(`${service}: note how it is`, async () => {
    await nameRestorePoint(d, { project, service, operation: id, before: 'a change of its server' })
    const member = await memberOf(d, project, service)
    return Object.fromEntries(
      changeable.map((key) => [key, member[key]]),
    ) as Partial<MemberDocument>
  })
  try {
    await change()
  } catch (error) {
    if (signal.aborted) throw error
    await step(
      `${service}: put it back as it was`,
      async (s) => {
        const member = await editMember(d, project, service, (m) =>
          retold(m, { ...m, ...before }, true),
        )
        if (member.wanted === 'running') await untilReady(d, member, s.signal)
      },
      { evenIfCancelled: true, deadlineMs: BACK_DEADLINE_MS },
    ).catch((failure: unknown) => {
      // Kept in the operation's steps; what a person needs first is why the change failed.
      if (signal.aborted) throw failure
    })
    throw error
  }
}

/** The document with what changed counted, so that the server reloads or restarts; the same one when nothing did. */
export function retold(
  before: MemberDocument,
  next: MemberDocument,
  restart: boolean,
): MemberDocument {
  const isSame = changeable.every(
    (key) => JSON.stringify(before[key]) === JSON.stringify(next[key]),
  )
  if (isSame) return before
  return {
    ...next,
    configGeneration: before.configGeneration + 1,
    restartGeneration: before.restartGeneration + (restart ? 1 : 0),
  }
}
