import type { BranchOf } from '../../contract/branch.ts'
import { hbaConf } from '../../core/config/hba.ts'
import { exchange, type Head } from '../../core/plan/exchange.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { keepRecipe } from '../lineage/recipe.ts'
import { nameRestorePoint } from '../lineage/restore-point.ts'
import { editMember, instanceOf, memberIdOf, memberOf, untilReady, untilState } from '../members.ts'
import type { Context } from '../procedure.ts'
import { givePassword, openPassword } from './password.ts'
import { putBack, type Noted } from './put-back.ts'
import { retold } from './way-back.ts'

/** Crash recovery of a server that could not be stopped in order may take minutes. */
const START_DEADLINE_MS = 30 * 60 * 1000

export interface Exchanging {
  readonly project: string
  /** The name that gets other data. */
  readonly service: string
  /** The instance whose data it gets; its name is free afterwards. */
  readonly taker: string
  /** The name under which the data that it had is kept, stopped. May be that of the taker. */
  readonly keepAs: string
  /** What the name is a branch of afterwards; unset: what it was before. */
  readonly branch?: BranchOf
  /** What is kept is gone soon: nobody is told that it could be swapped back. */
  readonly quiet?: boolean
}

/**
 * Puts one instance's data in the place of another's: same name, address and password, and nothing is lost. Both are stopped
 * for it. If the new server does not start, all is put back as it was and the error is thrown; after clients were let in
 * there is no way back but another exchange.
 */
export async function exchangeHeads(
  context: Context,
  d: Dependencies,
  asked: Exchanging,
): Promise<void> {
  const { id, step, signal } = context
  const { project, service, taker } = asked
  const noted = await step(`${service}: note both`, () => noteBoth(d, asked, id))
  try {
    await step(`${service}: stop both`, async (s) => {
      for (const name of [service, taker]) await stopMember(d, project, name, s.signal)
    })
    await step(`${service}: exchange`, () => writeExchange(d, asked, noted))
    await step(
      `${service}: start`,
      async (s) => untilReady(d, await memberOf(d, project, service), s.signal, s.report),
      { deadlineMs: START_DEADLINE_MS },
    )
    await step(`${service}: password`, async () => {
      // The clients of the name have its password, not that of the data.
      const password = openPassword(d, noted.head.instance, noted.sealedHead)
      const { user } = noted.taker.instance
      await givePassword(d, await memberOf(d, project, service), user, password)
    })
    await step(`${service}: open`, (s) => openToClients(d, project, service, s.signal))
  } catch (error) {
    if (signal.aborted) throw error
    await step(`${service}: put it back as it was`, (s) => putBack(d, asked, noted, s.signal), {
      evenIfCancelled: true,
      deadlineMs: START_DEADLINE_MS,
    }).catch((failure: unknown) => {
      // Kept in the operation's steps; what a person needs first is why the exchange failed.
      if (signal.aborted) throw failure
    })
    throw error
  }
  await step(`${service}: keep what each is`, () => keepNames(d, asked), { evenIfCancelled: true })
}

/** An instance with its member. INSTANCE_NOT_FOUND. */
async function headOf(d: Dependencies, project: string, service: string): Promise<Head> {
  return {
    instance: await instanceOf(d, project, service),
    member: await memberOf(d, project, service),
  }
}

/** Both as they are, after everything that would keep one from taking the other's place was looked at. */
async function noteBoth(d: Dependencies, asked: Exchanging, operation: string): Promise<Noted> {
  const { project, service, taker, keepAs } = asked
  const noted: Noted = {
    head: await headOf(d, project, service),
    taker: await headOf(d, project, taker),
    sealedHead: await sealedOf(d, project, service),
    sealedTaker: await sealedOf(d, project, taker),
  }
  refuse(noted, asked)
  if (keepAs !== taker && (await d.documents.instances.get(project, keepAs))) {
    const message = `the project “${project}” has an instance “${keepAs}” already`
    throw new AppError('INSTANCE_EXISTS', message)
  }
  const planned = exchange({ ...noted, ...rest(d, asked, noted) })
  const conf = planned.service.member.files['postgresql.conf'] ?? ''
  await d.driver.checkConf(noted.taker.instance.engine.id, conf)
  if (!asked.quiet) {
    const before = `“${taker}” takes its place`
    await nameRestorePoint(d, { project, service, operation, before, keptAs: keepAs })
  }
  return noted
}

function refuse({ head, taker }: Noted, { service, keepAs }: Exchanging): void {
  const refusals: string[] = []
  for (const { instance } of [head, taker]) {
    if (instance.phase !== 'live') refusals.push(`“${instance.service}” is ${instance.phase}`)
  }
  if (taker.instance.service === service) refusals.push(`“${service}” has its own place`)
  if (keepAs === service) refusals.push(`“${service}” cannot be kept under its own name`)
  if (head.instance.user !== taker.instance.user) {
    refusals.push(
      `“${service}” belongs to the user “${head.instance.user}” and “${taker.instance.service}” to “${taker.instance.user}”: what connects to “${service}” could not log in any more`,
    )
  }
  if (refusals.length > 0) throw new AppError('CHANGE_REFUSED', refusals.join('\n'))
}

async function sealedOf(d: Dependencies, project: string, service: string): Promise<string> {
  return (await d.documents.credentials.get(project, service))?.value.sealed ?? ''
}

/** What an exchange needs beside both heads. */
function rest(d: Dependencies, { project, keepAs, branch }: Exchanging, noted: Noted) {
  const password = openPassword(d, noted.head.instance, noted.sealedHead)
  return {
    keepAs,
    keptFingerprint: d.secrets.fingerprint(`credentials/${project}/${keepAs}`, password),
    branch: branch ?? noted.head.instance.branch,
    accounts: d.driver.socketAccounts(),
    now: new Date().toISOString(),
  }
}

async function stopMember(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const member = await editMember(d, project, service, (m) => ({ ...m, wanted: 'stopped' }))
  await untilState(d, member, signal, 'stopped')
}

/** Both names at once or none. Safe to repeat. */
async function writeExchange(d: Dependencies, asked: Exchanging, noted: Noted): Promise<void> {
  const { project, service, taker, keepAs } = asked
  const head = await headOf(d, project, service)
  if (head.instance.id === noted.taker.instance.id) return
  const exchanged = exchange({
    head,
    taker: await headOf(d, project, taker),
    ...rest(d, asked, noted),
  })
  const { instances, members, observed, credentials } = d.documents
  const password = openPassword(d, noted.head.instance, noted.sealedHead)
  const sealed = d.secrets.seal(`credentials/${project}/${keepAs}`, password)
  await d.store.write([
    // First what goes: its folder is the other's from here on.
    ...(taker === keepAs ? [] : forget(d, project, taker)),
    ...[service, taker, keepAs].map((name) => observed.remove(memberIdOf(project, name))),
    instances.put([project, service], exchanged.service.instance),
    members.put(memberIdOf(project, service), exchanged.service.member),
    instances.put([project, keepAs], exchanged.kept.instance),
    members.put(memberIdOf(project, keepAs), exchanged.kept.member),
    credentials.put([project, keepAs], { format: 1, sealed }),
  ])
}

const forget = ({ documents }: Dependencies, project: string, service: string) => [
  documents.members.remove(memberIdOf(project, service)),
  documents.instances.remove([project, service]),
  documents.credentials.remove([project, service]),
]

async function openToClients(
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

/** Each history says whose it is now, and people are told. */
async function keepNames(d: Dependencies, asked: Exchanging): Promise<void> {
  const { project, service, taker, keepAs } = asked
  await keepRecipe(d, project, service)
  await keepRecipe(d, project, keepAs)
  if (asked.quiet) return
  await d.event({
    severity: 'info',
    kind: 'instance-swapped',
    subject: `${project}/${service}`,
    message: `“${service}” has the data of “${taker}” now; what it had is kept as “${keepAs}”, and \`howdah swap ${service} ${keepAs}\` swaps back`,
  })
}
