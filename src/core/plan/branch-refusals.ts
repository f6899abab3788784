import type { BranchWanted } from '../../contract/project.ts'

/** What a branch shares with its parent for good. */
export interface BranchParent {
  readonly user: string
  readonly major: number
}

/** Why an instance of this owner and major cannot be a branch, a sentence each; none when it can. */
export function branchRefusals(
  { service: parentName }: BranchWanted,
  parent: BranchParent | undefined,
  wanted: BranchParent & { readonly service: string },
): string[] {
  const name = `“${wanted.service}” is a branch of “${parentName}”`
  if (!parent) return [`${name}, which is neither in compose nor here`]
  const refusals: string[] = []
  if (parent.major !== wanted.major) {
    refusals.push(
      `${name}, which runs Postgres ${parent.major}, and compose asks for ${wanted.major}: a branch starts on its parent’s major alone. Ask for ${parent.major}`,
    )
  }
  if (parent.user !== wanted.user) {
    refusals.push(
      `${name}, which belongs to the user “${parent.user}”, and compose asks for “${wanted.user}”: a branch keeps its owner. Put POSTGRES_USER to “${parent.user}”`,
    )
  }
  return refusals
}
