import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DataSource, MemberDocument, MemberStatus } from '../../contract/documents/member.ts'
import type { ChosenVersion, DesiredInstance } from '../../contract/documents/work.ts'
import type { BranchOf } from '../../contract/branch.ts'
import type { Engine } from '../../contract/engine.ts'
import type { Ancestry } from '../../contract/lineage.ts'
import { hbaConf, SUPERUSER } from '../../core/config/hba.ts'
import { progressPace, type ReplaySpan } from '../../core/progress-pace.ts'
import { memberDocument } from '../../core/plan/member-document.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Watch } from '../../drivers/driver.ts'
import type { Dependencies } from '../dependencies.ts'
import {
  editInstance,
  editMember,
  instanceOf,
  memberIdOf,
  memberOf,
  untilReady,
} from '../members.ts'
import { retold } from './way-back.ts'
import type { Context } from '../procedure.ts'
import { beginLineage, identifyLineage } from '../lineage/begin.ts'
import { removeLineage } from '../lineage/end.ts'
import { lineageOf } from '../lineage/lineage-of.ts'
import { keepRecipe } from '../lineage/recipe.ts'
import { openToOwner, ownerAndDatabase } from './owner.ts'
import { removeInstance } from './remove.ts'
import { withComparing } from './with-comparing.ts'

/** Long enough for a copy of a large snapshot and its recovery; a fresh instance takes under a second. */
const START_DEADLINE_MS = 6 * 60 * 60 * 1000

export interface Creation {
  readonly project: string
  readonly desired: DesiredInstance
  readonly version: ChosenVersion
  /** Someone's data instead of a new, empty database cluster. */
  readonly inherited?: Inherited
}

/** Data that an instance begins with, and what they are. */
export interface Inherited {
  readonly source: DataSource
  /** Settings for as long as the server recovers. */
  readonly recovery?: Record<string, string>
  /** The WAL that it goes through then, for how long it will take. */
  readonly replay?: ReplaySpan
  /** Reads what the data are copied from meanwhile, and throws when that is damaged. */
  readonly compare?: (watch: Watch) => Promise<void>
  readonly parent?: Ancestry
  readonly branch?: BranchOf
  /** Steps that run on the server before anybody but us may connect. */
  readonly beforeOpen?: (context: Context) => Promise<void>
}

/** Makes an instance, or nothing: whatever fails before clients can enter is undone. */
export async function createInstance(
  context: Context,
  d: Dependencies,
  creation: Creation,
): Promise<void> {
  const { id, step, signal } = context
  const { project, desired, version } = creation
  const { service } = desired
  const engine = await step(`${service}: engine`, (s) => d.driver.ensureEngine(version, s))
  try {
    await step(`${service}: place`, () => place(d, creation, id, engine))
    await step(
      `${service}: start the server`,
      async (s) => {
        const pace = progressPace(creation.inherited?.replay)
        const tell = ({ progress }: MemberStatus): void => {
          if (progress) s.report(pace(progress, performance.now()))
        }
        const member = await memberOf(d, project, service)
        await withComparing(s, creation.inherited?.compare, (signal) =>
          untilReady(d, member, signal, undefined, tell),
        )
      },
      { deadlineMs: START_DEADLINE_MS, endsOnCancel: true },
    )
    await step(`${service}: user and database`, async (s) => {
      const member = await editMember(d, project, service, (m) => ({ ...m, initialised: true }))
      // Nobody has been promised anything yet, so the disk may catch up while the server works.
      await Promise.all([
        // What was copied is on the disk already.
        creation.inherited ? undefined : d.driver.syncData(member, s),
        ownerAndDatabase(d, member, desired),
        identifyLineage(d, await lineageOf(d, project, service), member),
      ])
    })
    if (desired.initFiles.length > 0 && !creation.inherited) {
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
    await creation.inherited?.beforeOpen?.(context)
    await step(`${service}: open`, async (s) => {
      await openToOwner(d, await memberOf(d, project, service), desired)
      if (creation.inherited) await letClientsIn(d, project, service, s.signal)
      await editInstance(d, project, service, (i) => ({ ...i, phase: 'live' }))
      await keepRecipe(d, project, service)
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
  engine: Engine,
): Promise<void> {
  const { project, desired, version, inherited } = creation
  const { instances, members, credentials } = d.documents
  const existing = await instances.get(project, desired.service)
  if (existing?.value.createdBy === operation) return
  if (existing) {
    const message = `the project “${project}” has an instance “${desired.service}” already`
    throw new AppError('INSTANCE_EXISTS', message)
  }
  const unnamed = await instanceDocument(d, creation, operation)
  const keeper = d.backups.choose({
    policy: unnamed.backups,
    isBranch: unnamed.branch !== undefined,
    engine,
  })
  const lineage = await beginLineage(d, {
    instance: unnamed,
    operation,
    engineKind: keeper.kind,
    parent: inherited?.parent,
  })
  const instance = { ...unnamed, id: lineage.instanceId, lineage: lineage.id }
  const placement = d.driver.placeMember(instance.id, project, desired.service, '0')
  const source: DataSource = inherited?.source ?? {
    kind: 'initdb',
    superuser: SUPERUSER,
    options: desired.initdb,
  }
  const member: MemberDocument = memberDocument({
    instance,
    binDirectory: engine.binDirectory,
    place: placement,
    accounts: d.driver.socketAccounts(),
    source,
    archiving: keeper.archiving(lineage, engine),
    open: inherited ? 'admin' : 'clients',
    ...(inherited?.recovery ? { recovery: inherited.recovery } : {}),
  })
  await keeper.prepare(lineage, member)
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
    ...(d.host === undefined ? {} : { host: d.host }),
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
    ...(desired.backups ? { backups: desired.backups } : {}),
    ...(desired.suspendAfterMs ? { suspendAfterMs: desired.suspendAfterMs } : {}),
    ...(creation.inherited?.branch ? { branch: creation.inherited.branch } : {}),
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
  if (found && (found.value.createdBy !== operation || found.value.phase === 'live')) return
  if (found) await removeInstance(d, project, desired.service, signal)
  const begun = (await d.documents.lineages.list()).filter(
    ({ value: l }) =>
      l.createdBy === operation && l.project === project && l.service === desired.service,
  )
  for (const { value } of begun) await removeLineage(d, value)
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

/** Until now only we could connect: what the data's roles see is as it is meant to be. */
async function letClientsIn(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const { tls } = await instanceOf(d, project, service)
  const hba = hbaConf({ tls, open: 'clients' })
  const member = await editMember(d, project, service, (m) =>
    retold(m, { ...m, files: { ...m.files, 'pg_hba.conf': hba } }, false),
  )
  await untilReady(d, member, signal)
}
