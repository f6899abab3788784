import type { Snapshot } from '../../contract/snapshot.ts'

/** Why an instance of this owner and major cannot start from a snapshot, a sentence each; none when it can. */
export function restoreRefusals(
  snapshot: Pick<Snapshot, 'name' | 'version' | 'user'>,
  wanted: { readonly user: string; readonly major: number },
): string[] {
  const { name, version, user } = snapshot
  const major = Number(version.split('.')[0])
  const refusals: string[] = []
  if (major !== wanted.major) {
    refusals.push(
      `the snapshot “${name}” is of Postgres ${major} and compose asks for ${wanted.major}: a physical copy starts on its own major alone. Ask for ${major}`,
    )
  }
  if (user !== wanted.user) {
    refusals.push(
      `the snapshot “${name}” belongs to the user “${user}” and compose asks for “${wanted.user}”: a physical copy keeps its owner. Put POSTGRES_USER to “${user}”`,
    )
  }
  return refusals
}
