import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import { describeBytes } from '../describe-bytes.ts'
import { describeSpan } from '../describe-span.ts'

type Describe = (policy: BackupPolicy) => string

const spanOrOff = (spanMs: number): string => (spanMs === 0 ? 'off' : describeSpan(spanMs))

/** Each part of a policy as compose writes it. */
const parts: Readonly<Record<keyof BackupPolicy, readonly [name: string, describe: Describe]>> = {
  everyMs: ['every', (p) => describeSpan(p.everyMs)],
  at: ['at', (p) => p.at ?? 'a time of its own'],
  keepMs: ['keep', (p) => describeSpan(p.keepMs)],
  keepBases: ['keep-bases', (p) => String(p.keepBases)],
  keepRemovedMs: ['keep-removed', (p) => describeSpan(p.keepRemovedMs)],
  backlogBytes: ['backlog', (p) => describeBytes(p.backlogBytes)],
  drillEveryMs: ['drill', (p) => spanOrOff(p.drillEveryMs)],
  repository: ['repository', (p) => p.repository ?? 'this machine'],
  offsite: ['offsite', (p) => p.offsite ?? 'none'],
  fullEveryMs: ['full-every', (p) => describeSpan(p.fullEveryMs)],
}

/**
 * What changes of an instance's backups and of its sleep, in words; nothing when both say the same. `moves`: where they go is told
 * by who moves them.
 */
export function backupsChange(
  have: Pick<InstanceDocument, 'service' | 'backups' | 'suspendAfterMs'>,
  desired: Pick<DesiredInstance, 'backups' | 'suspendAfterMs'>,
  moves = false,
): string | undefined {
  const before = have.backups ?? defaultBackupPolicy
  const after = desired.backups ?? defaultBackupPolicy
  const changes: string[] = []
  for (const [key, [name, describe]] of Object.entries(parts)) {
    const part = key as keyof BackupPolicy
    if (moves && (part === 'repository' || part === 'offsite')) continue
    if (before[part] !== after[part])
      changes.push(`${name} ${describe(before)} → ${describe(after)}`)
  }
  const name = `“${have.service}”`
  const sentences: string[] = []
  if (changes.length > 0) {
    const loss = lossOf(before, after)
    sentences.push(`change the backups of ${name}: ${changes.join(', ')}${loss}`)
  }
  if (have.suspendAfterMs !== desired.suspendAfterMs) {
    const [from, to] = [have, desired].map((i) => spanOrOff(i.suspendAfterMs ?? 0))
    sentences.push(`change when ${name} sleeps: suspend-after ${from} → ${to}`)
  }
  return sentences.length > 0 ? sentences.join('; ') : undefined
}

/** A shorter window is the one change that takes something away. */
function lossOf(before: BackupPolicy, after: BackupPolicy): string {
  if (after.keepMs >= before.keepMs) return ''
  const lost = `${describeSpan(after.keepMs)} to ${describeSpan(before.keepMs)}`
  return `, so that moments which lie ${lost} back can no longer be restored`
}
