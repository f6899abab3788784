import type { BranchOf } from '../../contract/branch.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Ancestry } from '../../contract/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { awake, instanceOf, memberIdOf, memberOf, untilReady, untilState } from '../members.ts'
import type { StepContext } from '../procedure.ts'

/** A copy of what an instance is now, and which moment of it that is. */
export interface Copied {
  readonly sizeBytes: number
  readonly parent: Ancestry
  readonly branch: Pick<BranchOf, 'service' | 'lineage' | 'at' | 'lsn' | 'shared'>
  /** Fixed in the copied data, whatever else is asked for. */
  readonly like: Pick<InstanceDocument, 'engine' | 'initdb' | 'user' | 'database'>
}

/**
 * Copies an instance as it is now: of a running one the server knows and goes on, a stopped or sleeping one is not started
 * for it. What a try before left at `target` goes first.
 */
export async function copyParent(
  d: Dependencies,
  { project, of, target }: { project: string; of: string; target: string },
  s: StepContext,
): Promise<Copied> {
  const instance = await instanceOf(d, project, of)
  const member = await memberOf(d, project, of)
  const { lineage, engine, initdb, user, database } = instance
  if (instance.phase !== 'live') {
    throw new AppError('INSTANCE_NOT_RUNNING', `“${of}” is ${instance.phase}`)
  }
  if (!lineage) {
    throw new AppError('LINEAGE_NOT_FOUND', `“${of}” keeps no backups yet`, {
      hint: 'It was made by an earlier version: `howdah up` begins to archive it, with one restart.',
    })
  }
  const { sizeBytes, reflinked, timeline, lsn, at } = await copy(d, member, target, s)
  return {
    sizeBytes,
    parent: { lineage, how: 'branch', timeline, lsn, at },
    branch: { service: of, lineage, at, lsn, shared: reflinked },
    like: { engine, initdb, user, database },
  }
}

async function copy(d: Dependencies, member: MemberDocument, target: string, s: StepContext) {
  if (await isAtRest(d, member, s.signal)) {
    const copied = await d.driver.copyStopped(member, target, s)
    return { ...copied, at: new Date().toISOString() }
  }
  const copied = await d.driver.copyRunning(member, target, s)
  return { ...copied, lsn: copied.stopLsn, at: copied.stoppedAt }
}

/** Whether its server is stopped; when false it takes connections. What is on its way to either is waited for. */
async function isAtRest(
  d: Dependencies,
  member: MemberDocument,
  signal: AbortSignal,
): Promise<boolean> {
  const { project, service, wanted } = member
  if (wanted === 'stopped') await untilState(d, member, signal, 'stopped')
  const status = await d.documents.observed.get(...memberIdOf(project, service))
  if (status?.value.state === 'stopped' || status?.value.state === 'suspended') return true
  // One that is just falling asleep is woken.
  await untilReady(d, await awake(d, project, service, signal), signal)
  return false
}
