import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

type Documents = Pick<Dependencies, 'documents'>

/**
 * What a branch branches from today: the instance that writes the lineage it was made from; else the one of its parent's name
 * if that lineage lives on in it, as after a restore in place; else where the lineage is held. Undefined when all are gone.
 */
export async function parentOf(
  d: Documents,
  child: Pick<InstanceDocument, 'project' | 'branch'>,
): Promise<InstanceDocument | undefined> {
  const { project, branch } = child
  if (!branch) return undefined
  const all = (await d.documents.instances.list(project)).map((i) => i.value)
  const writers = all.filter((i) => i.lineage === branch.lineage)
  const named = all.find((i) => i.service === branch.service)
  const heir = named?.lineage && (await descends(d, named.lineage, branch.lineage))
  return writers.find((i) => !i.heldSince) ?? (heir ? named : undefined) ?? writers[0]
}

/** The same, or INSTANCE_NOT_FOUND; CHANGE_REFUSED for what is no branch. */
export async function demandParent(
  d: Documents,
  child: InstanceDocument,
): Promise<InstanceDocument> {
  const { service, project, branch } = child
  if (!branch) throw notABranch(child)
  const parent = await parentOf(d, child)
  if (parent) return parent
  throw new AppError(
    'INSTANCE_NOT_FOUND',
    `what “${service}” is a branch of is gone: ${project}/${branch.service}`,
  )
}

/** The branches that were made from an instance, or are now its own. */
export async function childrenOf(d: Documents, of: InstanceDocument): Promise<InstanceDocument[]> {
  const all = (await d.documents.instances.list(of.project)).map((i) => i.value)
  const children: InstanceDocument[] = []
  for (const child of all) {
    if (child.id !== of.id && (await parentOf(d, child))?.id === of.id) children.push(child)
  }
  return children
}

export const notABranch = ({ service }: Pick<InstanceDocument, 'service'>): AppError =>
  new AppError('CHANGE_REFUSED', `“${service}” is not a branch`, {
    hint: 'List the branches with `howdah branch ls`. `howdah down` removes any instance.',
  })

/** Whether a lineage was restored, branched or upgraded from another, by any number of steps. */
async function descends(d: Documents, lineage: string, from: string): Promise<boolean> {
  const seen = new Set<string>()
  for (let id: string | undefined = lineage; id && !seen.has(id);) {
    if (id === from) return true
    seen.add(id)
    id = (await d.documents.lineages.get(id))?.value.parent?.lineage
  }
  return false
}
