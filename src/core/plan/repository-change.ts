import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { BackupEngineKind, KeptIn } from '../../contract/lineage.ts'
import { describeSpan } from '../describe-span.ts'
import { placeFor } from '../policy/kept-in.ts'

/** The lineage that an instance writes now. */
export interface WrittenLineage {
  readonly id: string
  readonly engine: BackupEngineKind
  readonly keptIn: KeptIn
}

export interface RepositoryChange {
  /** `renew-lineage`: a history cannot move, so another begins. `change-offsite`: this one gets or loses its second copy. */
  readonly kind: 'renew-lineage' | 'change-offsite'
  readonly sentence: string
}

/** What it takes that an instance's backups go where its policy says; undefined when they do. */
export function repositoryChange(
  { service }: Pick<InstanceDocument, 'service'>,
  written: WrittenLineage,
  policy: BackupPolicy = defaultBackupPolicy,
): RepositoryChange | undefined {
  const before = written.keptIn
  // Whoever names a place names pgBackRest with it.
  const after = placeFor('pgbackrest', policy)
  const hasMoved = before.repository !== after.repository
  if (!hasMoved && before.offsite === after.offsite) return undefined
  if (!hasMoved && written.engine === 'pgbackrest') {
    return { kind: 'change-offsite', sentence: offsiteSentence(service, before, after) }
  }
  const second = after.offsite ? `, with a second copy in “${after.offsite}”` : ''
  const sentence =
    `begin a new backup history of “${service}” in ${nameOf(after)}${second}, with a base backup at once; ` +
    `the one until then, in ${nameOf(before)}, is closed and can be restored for ${describeSpan(policy.keepRemovedMs)} more`
  return { kind: 'renew-lineage', sentence }
}

function offsiteSentence(service: string, before: KeptIn, after: KeptIn): string {
  const left = before.offsite
    ? `what is in “${before.offsite}” stays there, and is looked after no more`
    : ''
  if (!after.offsite) return `keep no second copy of the backups of “${service}”; ${left}`
  const begun = `keep a second copy of the backups of “${service}” in “${after.offsite}”, with a base backup at once`
  return left ? `${begun}; ${left}` : begun
}

const nameOf = ({ repository }: KeptIn): string =>
  repository === undefined ? 'this home' : `the repository “${repository}”`
