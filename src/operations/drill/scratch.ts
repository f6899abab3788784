import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { DRILL_INDEX, drillMember } from '../../core/plan/drill-member.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { engineFor, recoverySettings } from '../instance/restore.ts'
import { untilReady, untilState } from '../members.ts'
import type { StepContext } from '../procedure.ts'

/** What the restoring took. */
export interface Restored {
  readonly copyMs: number
  /** From the start of the server until it took connections. */
  readonly replayMs: number
}

export interface Wanted {
  readonly lineage: LineageDocument
  readonly backup: Backup
  /** The restore point that recovery ends at; unset: replay all that there is. */
  readonly until: string | undefined
}

/** Restores a backup onto a server of its own and waits until it has recovered. What an earlier try left goes first. */
export async function restoreOnScratch(
  d: Dependencies,
  { lineage, backup, until }: Wanted,
  s: StepContext,
): Promise<Restored> {
  await removeScratch(d, lineage, s.signal)
  const repository = d.backups.of(lineage)
  const engine = await d.driver.ensureEngine(await engineFor(d, backup), s)
  const id = instanceIdOf(lineage)
  const index = await freeIndex(d, lineage)
  const member = drillMember({
    lineage,
    id,
    index,
    engine,
    place: d.driver.placeMember(id, lineage.project, lineage.service, String(index)),
    accounts: d.driver.socketAccounts(),
    source: await repository.source(lineage, backup, { durable: false }),
    recovery: {
      ...recoverySettings(await repository.restoreCommand(lineage)),
      ...(until ? { recovery_target_name: until } : {}),
    },
  })
  const beganMs = performance.now()
  let copiedMs: number | undefined
  await d.store.write([d.documents.members.put(memberId(member), member, 0)])
  await untilReady(d, member, s.signal, s.report, ({ state }) => {
    if (state === 'starting') copiedMs ??= performance.now()
  })
  const readyMs = performance.now()
  const dataMs = copiedMs ?? beganMs
  return { copyMs: dataMs - beganMs, replayMs: readyMs - dataMs }
}

/** The scratch server of a lineage's drill; undefined when there is none. */
export async function findScratch(
  d: Dependencies,
  lineage: LineageDocument,
): Promise<MemberDocument | undefined> {
  const all = await d.documents.members.list(lineage.project, lineage.service)
  return all.find((m) => m.value.instanceId === instanceIdOf(lineage))?.value
}

export async function scratchOf(
  d: Dependencies,
  lineage: LineageDocument,
): Promise<MemberDocument> {
  const found = await findScratch(d, lineage)
  if (found) return found
  throw new AppError('DRILL_FAILED', `the scratch server of the lineage ${lineage.id} is gone`)
}

/** Shuts the server down in order, so that its data are at rest and whole. */
export async function stopScratch(
  d: Dependencies,
  lineage: LineageDocument,
  signal: AbortSignal,
): Promise<MemberDocument> {
  const member: MemberDocument = { ...(await scratchOf(d, lineage)), wanted: 'stopped' }
  await d.store.write([d.documents.members.put(memberId(member), member)])
  await untilState(d, member, signal, 'stopped')
  return member
}

/** Ends the server and removes its data and documents. Safe to repeat. */
export async function removeScratch(
  d: Dependencies,
  lineage: LineageDocument,
  signal: AbortSignal,
): Promise<void> {
  const { members, observed } = d.documents
  const found = await findScratch(d, lineage)
  if (!found) return
  const absent: MemberDocument = { ...found, wanted: 'absent' }
  const id = memberId(found)
  await d.store.write([members.put(id, absent)])
  await untilState(d, absent, signal, 'absent')
  await d.store.write([members.remove(id), observed.remove(id)])
}

/** An instance that is gone and one that took its name may both be tried. */
async function freeIndex(d: Dependencies, { project, service }: LineageDocument): Promise<number> {
  const all = await d.documents.members.list(project, service)
  const taken = new Set(all.map((m) => m.value.index))
  let index = DRILL_INDEX
  while (taken.has(index)) index++
  return index
}

const instanceIdOf = ({ id }: LineageDocument): string => `${id}-drill`

const memberId = ({ project, service, index }: MemberDocument): [string, string, string] => [
  project,
  service,
  String(index),
]
