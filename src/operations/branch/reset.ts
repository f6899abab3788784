import type { BranchOf } from '../../contract/branch.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { exchangeHeads } from '../instance/exchange.ts'
import { removeInstance } from '../instance/remove.ts'
import { editLineage } from '../lineage/lineage-of.ts'
import { instanceOf } from '../members.ts'
import type { Context } from '../procedure.ts'
import { type BranchWork, createBranch } from './create.ts'
import { desiredAgain } from './desired.ts'
import { demandParent } from './parent.ts'
import type { SealedScript } from './scripts.ts'

interface Resetting {
  readonly project: string
  readonly service: string
  readonly building: string
  readonly replaced: string
}

/**
 * Builds the branch anew from what its parent is now, beside the one that is there, then lets it take its place: until it
 * is ready the old one serves, and if it never is the old one stays.
 */
export async function resetBranch(
  context: Context,
  d: Dependencies,
  { project, service, building, replaced }: Resetting,
): Promise<{ project: string; service: string }> {
  const { step, signal } = context
  const { work, before, lineage } = await step(`${service}: look at its parent`, async () => {
    const instance = await instanceOf(d, project, service)
    const of = (await demandParent(d, instance)).service
    return {
      work: await workAgain(d, instance, of, building),
      before: instance.branch,
      lineage: instance.lineage,
    }
  })
  const { branch: made } = await createBranch(context, d, work)
  const branch: BranchOf = {
    ...made,
    ...(before?.expiresAt ? { expiresAt: before.expiresAt } : {}),
    ...(before?.git ? { git: before.git } : {}),
  }
  try {
    await exchangeHeads(context, d, {
      project,
      service,
      taker: building,
      keepAs: replaced,
      branch,
      quiet: true,
    })
  } catch (error) {
    if (signal.aborted) throw error
    await step(
      `${service}: undo the reset`,
      (s) => removeInstance(d, project, building, s.signal),
      { evenIfCancelled: true },
    )
    throw error
  }
  await step(
    `${service}: remove what it was`,
    async (s) => {
      await removeInstance(d, project, replaced, s.signal)
      // Whoever looks for the history of the branch looks for its name.
      if (lineage) await editLineage(d, lineage, (l) => ({ ...l, service }))
    },
    { evenIfCancelled: true },
  )
  return { project, service }
}

async function workAgain(
  d: Dependencies,
  instance: InstanceDocument,
  of: string,
  building: string,
): Promise<BranchWork> {
  const { passwords = 'own', mask, seed } = instance.branch ?? {}
  return {
    project: instance.project,
    of,
    desired: await desiredAgain(d, instance, building),
    passwords,
    ...(mask ? { mask: await again(d, mask, instance.service) } : {}),
    ...(seed ? { seed: await again(d, seed, instance.service) } : {}),
  }
}

async function again(d: Dependencies, id: string, service: string): Promise<SealedScript> {
  const found = await d.documents.scripts.get(id)
  if (!found) throw new AppError('SCRIPT_FAILED', `a script of “${service}” is gone`)
  const { name, sealed } = found.value
  return { id, name, sealed }
}
