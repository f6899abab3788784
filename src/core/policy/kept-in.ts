import type { BackupPolicy } from '../../contract/backup-policy.ts'
import type { BackupEngineKind, KeptIn, Lineage, Recipe } from '../../contract/lineage.ts'

/** Where a new lineage goes. Copies stay in this home, whatever is asked for. */
export function placeFor(
  engine: BackupEngineKind,
  { repository, offsite }: Pick<BackupPolicy, 'repository' | 'offsite'>,
): KeptIn {
  if (engine === 'copy') return {}
  return {
    ...(repository === undefined ? {} : { repository }),
    // Twice in one place is once.
    ...(offsite === undefined || offsite === repository ? {} : { offsite }),
  }
}

/** Where a lineage is kept. One of a version that did not say so is where its policy says. */
export const keptIn = ({
  engine,
  keptIn: known,
  recipe,
}: Pick<Lineage, 'engine' | 'keptIn'> & { readonly recipe: Pick<Recipe, 'policy'> }): KeptIn =>
  known ?? placeFor(engine, recipe.policy)
