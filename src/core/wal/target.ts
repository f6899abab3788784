import { BackupId } from '../../contract/names.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import { parseLsn } from './lsn.ts'
import { type Here, parseTime } from './parse-time.ts'

/** The forms of `--to`, each with an example, for help and for what is said when none fits. */
export const targetForms: readonly string[] = [
  'latest',
  '2026-11-20 15:04',
  '2026-11-20T15:04:05.123+01:00',
  '15:04',
  'yesterday 15:00',
  '10 minutes ago',
  '0/3000028',
  'xid:1234',
  'name:before-migration',
  '20261120-150312-a1b2c3',
]

/**
 * Reads what `--to` names: a time, a place in the WAL, a transaction, a restore point, a backup or `latest`. A word in front
 * (`time:`, `lsn:`, `xid:`, `name:`, `backup:`) says which; a restore point whose name could be something else needs it. Throws
 * USAGE with the forms that are allowed.
 */
export function parseTarget(text: string, here: Here): RecoveryTarget {
  const trimmed = text.trim()
  const [, word, rest] = /^(time|lsn|xid|name|backup):\s*(.*)$/s.exec(trimmed) ?? []
  const target =
    word !== undefined && rest !== undefined
      ? readers[word as RecoveryTarget['kind']](rest, here)
      : guess(trimmed, here)
  if (target) return target
  throw new AppError('USAGE', `“${trimmed}” is no moment to restore to`, {
    details: { allowed: targetForms },
    hint: `Say it as one of: ${targetForms.join(', ')}.`,
  })
}

type Reader = (text: string, here: Here) => RecoveryTarget | undefined

const readers: Readonly<Record<RecoveryTarget['kind'], Reader>> = {
  latest: (text) => (/^(?:latest|now)$/i.test(text) ? { kind: 'latest' } : undefined),
  time: (text, here) => {
    const at = parseTime(text, here)
    return at === undefined ? undefined : { kind: 'time', at }
  },
  lsn: (text) => (parseLsn(text) === undefined ? undefined : { kind: 'lsn', lsn: text }),
  // pg_current_xact_id() has 64 bits.
  xid: (text) => (/^\d{1,20}$/.test(text) ? { kind: 'xid', xid: text } : undefined),
  backup: (text) => (BackupId.safeParse(text).success ? { kind: 'backup', id: text } : undefined),
  // Postgres gives the name 64 bytes, the last of which is zero.
  name: (text) =>
    text !== '' && new TextEncoder().encode(text).length < 64
      ? { kind: 'name', name: text }
      : undefined,
}

/** A name is the last guess, and only for a word that nobody would write for a time. */
function guess(text: string, here: Here): RecoveryTarget | undefined {
  for (const kind of ['latest', 'xid', 'lsn', 'backup', 'time'] as const) {
    const target = readers[kind](text, here)
    if (target) return target
  }
  const isName = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(?:today|yesterday|tomorrow)$/i.test(text)
  return isName ? readers.name(text, here) : undefined
}
