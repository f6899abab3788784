import type { Backup } from '../../contract/backup.ts'
import { lsnOf } from './lsn.ts'
import type { Stretch } from './stretches.ts'

/** Where recovery ends. */
export type RecoveryEnd =
  /** Where the WAL ends, whatever there is then. */
  | { readonly kind: 'wal' }
  /** Before the first commit that is later. There must be one. */
  | { readonly kind: 'time'; readonly at: string }
  /** After the record that begins there, or the next one that does. There must be one. */
  | { readonly kind: 'record'; readonly lsn: string }
  /** As soon as the copy is consistent. */
  | { readonly kind: 'backup' }
  /** A transaction or a restore point whose place is not known. */
  | { readonly kind: 'xid' | 'name'; readonly value: string }

/** The settings with which a server that recovers from a backup of a stretch ends there (PostgreSQL manual, 20.5.5). */
export function endSettings(
  end: RecoveryEnd,
  backup: Backup,
  stretch: Stretch,
): Record<string, string> {
  const { timeline } = stretch
  const target = targetOf(end, backup, stretch)
  const stopsEarly = Object.keys(target).length > 0
  return {
    ...target,
    ...(timeline === undefined ? {} : { recovery_target_timeline: String(timeline) }),
    // Reading ahead would meet a hole or a damaged file behind the target, which ends recovery by an error, before it got there.
    ...(stopsEarly && knowsPrefetch(backup) ? { recovery_prefetch: 'off' } : {}),
  }
}

function targetOf(end: RecoveryEnd, backup: Backup, stretch: Stretch): Record<string, string> {
  switch (end.kind) {
    case 'wal':
      return {}
    case 'time':
      return { recovery_target_time: postgresTime(end.at), ...inclusive }
    case 'record':
      return { recovery_target_lsn: end.lsn, ...inclusive }
    case 'xid':
    case 'name':
      return { [`recovery_target_${end.kind}`]: end.value, ...inclusive }
    case 'backup': {
      // The copy of a stopped server needs no WAL, and Postgres fails when a target is set and there is none to replay.
      const replays = !backup.cold || lsnOf(stretch.untilLsn) > lsnOf(backup.stopLsn)
      return replays ? { recovery_target: 'immediate' } : {}
    }
  }
}

const inclusive = { recovery_target_inclusive: 'true' }

/** `2026-11-20 14:04:05.123456+00`. */
const postgresTime = (instant: string): string => instant.replace('T', ' ').replace('Z', '+00')

/** The setting is new in 15, and an older server does not start with one that it does not know. */
const knowsPrefetch = ({ version }: Backup): boolean => Number(version.split('.')[0]) >= 15
