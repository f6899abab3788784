import type { LineageStatus } from '../../contract/lineage-status.ts'

/** Where a lineage is kept, for people: `this home`, or `vault, a second copy in far`. */
export function keptInText({
  keptIn: { repository = 'this home', offsite },
}: Pick<LineageStatus, 'keptIn'>): string {
  return offsite === undefined ? repository : `${repository}, a second copy in ${offsite}`
}
