import { type Head, renamed } from '../../core/plan/exchange.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Write } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'
import { openPassword } from '../instance/password.ts'
import { keepRecipe } from '../lineage/recipe.ts'
import { instanceOf, memberIdOf, memberOf, untilReady } from '../members.ts'
import { childrenOf } from './parent.ts'

interface Renaming {
  readonly project: string
  readonly service: string
  readonly to: string
}

/**
 * Gives a branch or a held state another name. Its server runs on; its address, password and data stay, and its branches
 * know it by the new name. Safe to repeat.
 */
export async function renameInstance(
  d: Dependencies,
  { project, service, to }: Renaming,
  signal: AbortSignal,
): Promise<void> {
  const { instances } = d.documents
  if ((await instances.get(project, service)) !== undefined) {
    await writeNames(d, { project, service, to })
  }
  const member = await memberOf(d, project, to)
  if (member.wanted === 'running') await untilReady(d, member, signal)
  await keepRecipe(d, project, to)
}

async function writeNames(d: Dependencies, { project, service, to }: Renaming): Promise<void> {
  const { instances, members, observed, credentials } = d.documents
  const head: Head = {
    instance: await instanceOf(d, project, service),
    member: await memberOf(d, project, service),
  }
  refuse(head)
  if (await instances.get(project, to)) {
    throw new AppError(
      'INSTANCE_EXISTS',
      `the project “${project}” has an instance “${to}” already`,
    )
  }
  const sealed = (await credentials.get(project, service))?.value.sealed ?? ''
  const password = openPassword(d, head.instance, sealed)
  const credential = `credentials/${project}/${to}`
  const next = renamed({
    head,
    to,
    fingerprint: d.secrets.fingerprint(credential, password),
    accounts: d.driver.socketAccounts(),
  })
  const children = await childrenRenamed(d, head.instance, to)
  await d.store.write([
    // First what goes: one folder is never looked after under two names.
    members.remove(memberIdOf(project, service)),
    observed.remove(memberIdOf(project, service)),
    credentials.remove([project, service]),
    instances.remove([project, service]),
    instances.put([project, to], next.instance),
    members.put(memberIdOf(project, to), next.member),
    credentials.put([project, to], { format: 1, sealed: d.secrets.seal(credential, password) }),
    ...children,
  ])
}

/** The writes that tell its branches what it is called now. */
async function childrenRenamed(
  d: Dependencies,
  parent: InstanceDocument,
  to: string,
): Promise<Write[]> {
  const { instances } = d.documents
  const writes: Write[] = []
  for (const { project, service } of await childrenOf(d, parent)) {
    const found = await instances.get(project, service)
    if (!found?.value.branch) continue
    const branch = { ...found.value.branch, service: to }
    writes.push(instances.put([project, service], { ...found.value, branch }, found.revision))
  }
  return writes
}

function refuse({ instance }: Head): void {
  const { service, phase, branch, heldSince } = instance
  if (phase !== 'live') throw new AppError('INSTANCE_NOT_RUNNING', `“${service}” is ${phase}`)
  if (branch ?? heldSince) return
  throw new AppError(
    'CHANGE_REFUSED',
    `“${service}” is neither a branch nor a held state: compose knows it by its name`,
    { hint: 'List branches and held states with `howdah branch ls`.' },
  )
}
