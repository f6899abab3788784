import type { BranchOf } from '../../contract/branch.ts'
import type { Instance } from '../../contract/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'

export type BranchInstance = Instance & { readonly branch: BranchOf }

/** The branch of that name; CHANGE_REFUSED for an instance that is none. */
export async function demandBranch(
  daemon: Daemon,
  project: string,
  service: string,
): Promise<BranchInstance> {
  const instance = await daemon.api.getInstance({ project, service })
  const { branch } = instance
  if (branch) return { ...instance, branch }
  throw new AppError('CHANGE_REFUSED', `${project}/${service} is not a branch`, {
    hint: 'List the branches with `howdah branch ls`.',
  })
}
