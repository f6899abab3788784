import type { MemberDocument } from '../../contract/documents/member.ts'
import type { SnapshotDocument } from '../../contract/documents/snapshot.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { scratchMember } from '../../core/plan/scratch-member.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { awake, instanceOf, memberOf, untilReady, untilState } from '../members.ts'
import type { Context, StepContext } from '../procedure.ts'

/** The id of the scratch server on which a copy is tried; an instance's own members count from 0. */
const SCRATCH = '1000'
const VERIFY_DEADLINE_MS = 60 * 60 * 1000

export interface Taking {
  readonly project: string
  readonly service: string
  readonly name: string
  readonly kind: SnapshotDocument['kind']
}

/** Copies a running instance, starts a server on a copy of the copy, and only then lets the snapshot count. */
export async function takeSnapshot(
  { step, signal }: Context,
  d: Dependencies,
  taking: Taking,
): Promise<void> {
  const { project, service, name } = taking
  const { inTheMaking } = d.driver.placeSnapshot(name)
  const say = (what: string): string => `${service}: ${what}`
  let proof: Proof | undefined
  try {
    const { sizeBytes } = await step(
      say(`copy to ${name}`),
      async (s) => d.driver.copyRunning(await awake(d, project, service, s.signal), inTheMaking, s),
      { endsOnCancel: true },
    )
    const proven = await step(say('start a server on the copy'), (s) => verify(d, taking, s), {
      deadlineMs: VERIFY_DEADLINE_MS,
      endsOnCancel: true,
    })
    proof = proven
    await step(say('keep the snapshot'), async () => {
      await d.driver.keepSnapshot(name)
      await d.store.write([
        d.documents.snapshots.put([name], await document(d, taking, sizeBytes, proven)),
      ])
    })
  } catch (error) {
    if (signal.aborted) throw error
    await step(
      say('undo the snapshot'),
      async (s) => {
        await removeScratch(d, taking, s.signal)
        await removeUnkept(d, name, proof)
      },
      { evenIfCancelled: true },
    )
    throw error
  }
}

interface Proof {
  readonly systemIdentifier: string
  readonly verifiedAt: string
}

/** A server on a copy of the copy must reach consistency and answer for the right database. */
async function verify(d: Dependencies, taking: Taking, s: StepContext): Promise<Proof> {
  const { project, service, name } = taking
  await removeScratch(d, taking, s.signal)
  const { database } = await instanceOf(d, project, service)
  const original = await memberOf(d, project, service)
  const { inTheMaking } = d.driver.placeSnapshot(name)
  const place = d.driver.placeMember(`${original.instanceId}-try`, project, service, SCRATCH)
  const scratch = scratchMember(original, place, inTheMaking, Number(SCRATCH))
  await d.store.write([d.documents.members.put([project, service, SCRATCH], scratch)])
  await untilReady(d, scratch, s.signal)
  const systemIdentifier = await ask(d, scratch, database)
  await removeScratch(d, taking, s.signal)
  return { systemIdentifier, verifiedAt: new Date().toISOString() }
}

async function ask(d: Dependencies, scratch: MemberDocument, database: string): Promise<string> {
  const session = await d.driver.session(scratch, { database })
  try {
    const [row] = await session.query<{ id: string }>(
      'select system_identifier::text as id from pg_control_system()',
    )
    if (!row) throw new AppError('SNAPSHOT_UNUSABLE', 'the server on the copy gave no answer')
    return row.id
  } finally {
    await session.close()
  }
}

async function removeScratch(
  d: Dependencies,
  { project, service }: Taking,
  signal: AbortSignal,
): Promise<void> {
  const { members, observed } = d.documents
  const id = [project, service, SCRATCH]
  const found = await members.get(...id)
  if (!found) return
  const absent: MemberDocument = { ...found.value, wanted: 'absent' }
  await d.store.write([members.put(id, absent)])
  await untilState(d, absent, signal, 'absent')
  await d.store.write([members.remove(id), observed.remove(id)])
}

/**
 * Removes what this try made, also when it was killed just after it had let the snapshot count. A snapshot that counts
 * since an earlier try stays: a `down` that was cancelled at its end has left one of the same name.
 */
async function removeUnkept(d: Dependencies, name: string, proof: Proof | undefined) {
  const { snapshots } = d.documents
  const kept = await snapshots.get(name)
  if (kept && kept.value.verifiedAt !== proof?.verifiedAt) return
  await d.store.write([snapshots.remove([name])])
  await d.driver.removeSnapshot(name)
}

async function document(
  d: Dependencies,
  { project, service, name, kind }: Taking,
  sizeBytes: number,
  proof: Proof,
): Promise<SnapshotDocument> {
  const instance = await instanceOf(d, project, service)
  const credential = await d.documents.credentials.get(project, service)
  const password = d.secrets.open(
    `credentials/${project}/${service}`,
    credential?.value.sealed ?? '',
  )
  const mode = (await d.documents.projects.get(project))?.value.mode
  return {
    format: 1,
    name,
    project,
    service,
    kind,
    version: `${instance.engine.major}.${instance.engine.minor}`,
    ...proof,
    user: instance.user,
    database: instance.database,
    sizeBytes,
    createdAt: new Date().toISOString(),
    ...(instance.host === undefined ? {} : { host: instance.host }),
    directory: d.driver.placeSnapshot(name).directory,
    settings: instance.settings,
    memoryBytes: instance.memoryBytes,
    cpus: instance.cpus,
    tls: instance.tls,
    portWanted: instance.portWanted,
    ...(mode ? { mode } : {}),
    initdb: instance.initdb,
    ...(instance.lineage ? { lineage: instance.lineage } : {}),
    superuser: SUPERUSER,
    sealedPassword: d.secrets.seal(`snapshots/${name}`, password),
  }
}
