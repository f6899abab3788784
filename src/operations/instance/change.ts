import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { ChosenVersion, DesiredInstance, Work } from '../../contract/documents/work.ts'
import { enforcedSettings, memberFiles, placeOf } from '../../core/plan/member-document.ts'
import { setVerifier } from '../../core/sql/owner.ts'
import type { Dependencies } from '../dependencies.ts'
import {
  askToRun,
  awake,
  editInstance,
  editMember,
  instanceOf,
  memberOf,
  untilReady,
} from '../members.ts'
import type { Context } from '../procedure.ts'
import { archivingOf } from '../lineage/archiving.ts'
import { changeOffsite } from '../lineage/change-offsite.ts'
import { keepRecipe } from '../lineage/recipe.ts'
import { renewLineage } from '../lineage/renew.ts'
import { startArchiving } from '../lineage/start-archiving.ts'
import { ensureDatabase, withSession } from './owner.ts'
import { retold, withWayBack } from './way-back.ts'

interface Change {
  readonly project: string
  readonly desired: DesiredInstance
  readonly version: ChosenVersion
}

/** Applies one planned difference to an instance that exists. */
export async function changeInstance(
  context: Context,
  d: Dependencies,
  project: string,
  { action, desired, version }: Work,
): Promise<void> {
  if (!desired || !version) return
  const { step } = context
  const change: Change = { project, desired, version }
  const { service } = desired
  const carefully = (apply: () => Promise<void>) => withWayBack(context, d, project, service, apply)
  switch (action.kind) {
    case 'change-settings':
      return carefully(() => changeSettings(step, d, change, action.impact === 'restart'))
    case 'change-engine':
      return carefully(() => changeEngine(step, d, change))
    case 'change-endpoint':
      return carefully(() => changeEndpoint(step, d, change))
    case 'change-password':
      return step(`${service}: password`, (s) => changePassword(d, change, s.signal))
    case 'start-archiving':
      return carefully(() => startArchiving(context, d, project, service))
    case 'change-backups':
      return step(`${service}: backups`, () => changeBackups(d, change))
    case 'renew-lineage':
      await step(`${service}: policy of its backups`, () => changePolicy(d, change))
      await renewLineage(context, d, { project, service, why: 'repository' })
      return
    case 'change-offsite':
      await step(`${service}: policy of its backups`, () => changePolicy(d, change))
      return changeOffsite(context, d, { project, service })
    case 'create-database':
      return step(`${service}: database ${desired.database}`, (s) =>
        addDatabase(d, change, s.signal),
      )
    case 'start-instance':
      return step(`${service}: start`, (s) => startInstance(d, project, service, s.signal))
    case 'install-engine':
    case 'create-instance':
    case 'restore-instance':
    case 'create-branch':
    case 'remember-mode':
      return
  }
}

/** Brings the instance's document and its server to the same new state, and waits until the server has it. */
async function reconfigure(
  d: Dependencies,
  { project, desired }: Change,
  restart: boolean,
  signal: AbortSignal,
  edit: (i: InstanceDocument) => InstanceDocument,
  editServer: (m: MemberDocument) => MemberDocument = (m) => m,
): Promise<void> {
  const { service } = desired
  const instance = edit(await instanceOf(d, project, service))
  const place = placeOf(await memberOf(d, project, service))
  const accounts = d.driver.socketAccounts()
  const archiving = await archivingOf(d, instance)
  const files = memberFiles(instance, place, accounts, 'clients', archiving)
  await d.driver.checkConf(instance.engine.id, files['postgresql.conf'] ?? '')
  const told = { files, enforced: enforcedSettings(instance, place) }
  const member = await editMember(d, project, service, (m) =>
    retold(m, { ...editServer(m), ...told }, restart),
  )
  if (member.wanted === 'running') await untilReady(d, member, signal)
  await editInstance(d, project, service, edit)
  await keepRecipe(d, project, service)
}

function changeSettings(
  step: Context['step'],
  d: Dependencies,
  change: Change,
  restart: boolean,
): Promise<void> {
  const { service, settings, memoryBytes, cpus, tls } = change.desired
  return step(`${service}: settings`, (s) =>
    reconfigure(d, change, restart, s.signal, (i) => ({ ...i, settings, memoryBytes, cpus, tls })),
  )
}

async function changeEngine(step: Context['step'], d: Dependencies, change: Change): Promise<void> {
  const { version, desired } = change
  const { service } = desired
  const engine = await step(`${service}: engine`, (s) => d.driver.ensureEngine(version, s))
  const next = { id: engine.id, major: engine.major, minor: engine.minor }
  await step(`${service}: restart on ${engine.major}.${engine.minor}`, (s) =>
    reconfigure(
      d,
      change,
      true,
      s.signal,
      (i) => ({ ...i, engine: next }),
      (m) => ({
        ...m,
        engine: { id: engine.id, major: engine.major, binDirectory: engine.binDirectory },
      }),
    ),
  )
}

async function changeEndpoint(
  step: Context['step'],
  d: Dependencies,
  change: Change,
): Promise<void> {
  const { desired, project } = change
  const { service } = desired
  const endpoint = await step(`${service}: reserve port ${desired.portWanted}`, async () => {
    const others = await d.documents.instances.list()
    const taken = others
      .filter((o) => o.value.service !== service || o.value.project !== project)
      .map((o) => o.value.endpoint)
    return d.driver.reserveEndpoint(desired.portWanted, taken)
  })
  await step(`${service}: move to port ${endpoint.port}`, (s) =>
    reconfigure(
      d,
      change,
      true,
      s.signal,
      (i) => ({ ...i, endpoint, portWanted: desired.portWanted }),
      (m) => ({
        ...m,
        endpoint,
        certificate: {
          ...m.certificate,
          addresses: [...new Set([endpoint.host, '127.0.0.1'])],
        },
      }),
    ),
  )
}

async function changePassword(
  d: Dependencies,
  { project, desired }: Change,
  signal: AbortSignal,
): Promise<void> {
  const { service } = desired
  const password = d.secrets.open(`credentials/${project}/${service}`, desired.sealedPassword)
  const verifier = d.secrets.scramVerifier(password)
  const member = await awake(d, project, service, signal)
  await withSession(d, member, (s) => s.query(setVerifier(desired.user, verifier)))
  await d.store.write([
    d.documents.credentials.put([project, service], { format: 1, sealed: desired.sealedPassword }),
  ])
  const { passwordFingerprint } = desired
  await editInstance(d, project, service, (i) => ({ ...i, passwordFingerprint }))
  await keepRecipe(d, project, service)
}

async function addDatabase(
  d: Dependencies,
  { project, desired }: Change,
  signal: AbortSignal,
): Promise<void> {
  const { service, database, user } = desired
  const member = await awake(d, project, service, signal)
  await withSession(d, member, (s) => ensureDatabase(s, database, user))
  await editInstance(d, project, service, (i) => ({ ...i, database }))
  await keepRecipe(d, project, service)
}

/** How it is backed up and when it sleeps: read anew by who does it, so that no server is told. */
async function changeBackups(d: Dependencies, change: Change): Promise<void> {
  await changePolicy(d, change)
  await keepRecipe(d, change.project, change.desired.service)
}

/** The same without a word to the lineage's own place, which may be gone. */
async function changePolicy(d: Dependencies, { project, desired }: Change): Promise<void> {
  const { service, backups, suspendAfterMs } = desired
  await editInstance(d, project, service, (instance) => {
    const { backups: _policy, suspendAfterMs: _sleep, ...others } = instance
    return {
      ...others,
      ...(backups ? { backups } : {}),
      ...(suspendAfterMs ? { suspendAfterMs } : {}),
    }
  })
}

/** Wants the server running and waits until it takes connections. */
export async function startInstance(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  await editInstance(d, project, service, (i) => ({ ...i, wanted: 'running' }))
  const member = await askToRun(d, project, service)
  await untilReady(d, member, signal)
}
