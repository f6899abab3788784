import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DataSource, MemberDocument } from '../../contract/documents/member.ts'
import type { ChosenVersion, DesiredInstance } from '../../contract/documents/work.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { memberDocument } from '../../core/plan/member-document.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { editInstance, editMember, memberIdOf, memberOf, untilReady } from '../members.ts'
import type { Context } from '../procedure.ts'
import { openToOwner, ownerAndDatabase } from './owner.ts'
import { removeInstance } from './remove.ts'

/** Long enough for a copy of a large snapshot and its recovery; a fresh instance takes under a second. */
const START_DEADLINE_MS = 6 * 60 * 60 * 1000

export interface Creation {
  readonly project: string
  readonly desired: DesiredInstance
  readonly version: ChosenVersion
  /** A copy of this directory instead of a new, empty database cluster. */
  readonly copyOf?: string
}

/** Makes an instance, or nothing: whatever fails before clients can enter is undone. */
export async function createInstance(
  { id, step, signal }: Context,
  d: Dependencies,
  creation: Creation,
): Promise<void> {
  const { project, desired, version } = creation
  const { service } = desired
  const engine = await step(`${service}: engine`, (s) => d.driver.ensureEngine(version, s))
  try {
    await step(`${service}: place`, () => place(d, creation, id, engine.binDirectory))
    await step(
      `${service}: start the server`,
      async (s) => untilReady(d, await memberOf(d, project, service), s.signal),
      { deadlineMs: START_DEADLINE_MS },
    )
    await step(`${service}: user and database`, async (s) => {
      const member = await editMember(d, project, service, (m) => ({ ...m, initialised: true }))
      // Nobody has been promised anything yet, so the disk may catch up while the server works.
      await Promise.all([d.driver.syncData(member, s), ownerAndDatabase(d, member, desired)])
    })
    if (desired.initFiles.length > 0 && !creation.copyOf) {
      await step(`${service}: start scripts`, async (s) => {
        if (s.attempt > 1) throw scriptsCutShort(service)
        await d.driver.runInitFiles(
          await memberOf(d, project, service),
          desired.initFiles,
          initRun(d, creation),
          s,
        )
      })
    }
    await step(`${service}: open`, async () => {
      await openToOwner(d, await memberOf(d, project, service), desired)
      await editInstance(d, project, service, (i) => ({ ...i, phase: 'live' }))
    })
  } catch (error) {
    if (signal.aborted) throw error
    await step(`${service}: undo`, (s) => undo(d, creation, id, s.signal), {
      evenIfCancelled: true,
    })
    throw error
  }
}

/** Writes what the instance and its server are to be; from here the agent makes it so. */
async function place(
  d: Dependencies,
  creation: Creation,
  operation: string,
  binDirectory: string,
): Promise<void> {
  const { project, desired, version } = creation
  const { instances, members, credentials } = d.documents
  const existing = await instances.get(project, desired.service)
  if (existing?.value.createdBy === operation) return
  if (existing) {
    const message = `the project “${project}” has an instance “${desired.service}” already`
    throw new AppError('INSTANCE_EXISTS', message)
  }
  const instance = await instanceDocument(d, creation, operation)
  const placement = d.driver.placeMember(instance.id, project, desired.service, '0')
  const source: DataSource = creation.copyOf
    ? { kind: 'copy', directory: creation.copyOf, durable: true }
    : { kind: 'initdb', superuser: SUPERUSER, options: desired.initdb }
  const member: MemberDocument = memberDocument({
    instance,
    binDirectory,
    place: placement,
    accounts: d.driver.socketAccounts(),
    source,
  })
  await d.driver.checkConf(version.engineId, member.files['postgresql.conf'] ?? '')
  const id = [project, desired.service]
  await d.store.write([
    instances.put(id, instance, 0),
    members.put(memberIdOf(project, desired.service), member, 0),
    credentials.put(id, { format: 1, sealed: desired.sealedPassword }),
  ])
}

async function instanceDocument(
  d: Dependencies,
  creation: Creation,
  operation: string,
): Promise<InstanceDocument> {
  const { project, desired, version } = creation
  const others = await d.documents.instances.list()
  const taken = others.map((o) => o.value.endpoint)
  return {
    format: 1,
    project,
    service: desired.service,
    id: d.newId(),
    createdAt: new Date().toISOString(),
    createdBy: operation,
    phase: 'creating',
    wanted: 'running',
    engine: { id: version.engineId, major: version.major, minor: version.minor },
    endpoint: await d.driver.reserveEndpoint(desired.portWanted, taken),
    portWanted: desired.portWanted,
    user: desired.user,
    database: desired.database,
    initdb: desired.initdb,
    settings: desired.settings,
    memoryBytes: desired.memoryBytes,
    cpus: desired.cpus,
    tls: desired.tls,
    passwordFingerprint: desired.passwordFingerprint,
    ...(desired.fromSnapshot ? { fromSnapshot: desired.fromSnapshot } : {}),
  }
}

/** Removes what this very operation made, and never an instance that clients could enter. */
async function undo(
  d: Dependencies,
  { project, desired }: Creation,
  operation: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await d.documents.instances.get(project, desired.service)
  if (found?.value.createdBy !== operation || found.value.phase === 'live') return
  await removeInstance(d, project, desired.service, signal)
}

function initRun(d: Dependencies, { project, desired }: Creation) {
  const password = d.secrets.open(
    `credentials/${project}/${desired.service}`,
    desired.sealedPassword,
  )
  return { role: desired.user, database: desired.database, password }
}

/** Scripts run once; half of one cannot be told from the whole. */
const scriptsCutShort = (service: string): AppError =>
  new AppError(
    'INIT_SCRIPT_FAILED',
    `the daemon ended while the start scripts of “${service}” ran, and they may run only once`,
  )
