/** What `pgbackrest verify` counted of one backup or of all WAL of one server. */
export interface Verified {
  /** The backup's label; unset: the WAL. */
  readonly label?: string
  readonly missing: number
  readonly changed: number
  /** Neither: what could not be read, or decrypted. */
  readonly other: number
  readonly isValid: boolean
}

export interface VerifyReport {
  readonly results: readonly Verified[]
  /** The files that it named, by their path in the stanza's folder: each once. */
  readonly files: readonly { readonly path: string; readonly kind: 'missing' | 'changed' }[]
}

/**
 * Reads what `pgbackrest verify --output=text --verbose --log-level-console=info` prints: there is no other form of it, and its exit
 * code and its first status are well even where a manifest is gone. Undefined when the report is not whole: nothing was verified.
 */
export function parseVerifyReport(text: string): VerifyReport | undefined {
  const lines = text.split('\n')
  // The log repeats the report, indented.
  const start = lines.findLastIndex((line) => line.startsWith('stanza: '))
  if (start < 0 || !/^status: (ok|error)$/.test(lines[start + 1] ?? '')) return undefined
  const report = lines.slice(start + 2)
  // Says so instead of a result when it cannot read what the stanza has.
  if (report.some((line) => /^\s*No usable /.test(line))) return undefined
  const files = new Map(lines.slice(0, start).flatMap(namedFile))
  return {
    results: report.flatMap((line, i) => resultOf(line, report[i + 1] ?? '')),
    files: [...files].map(([path, kind]) => ({ path, kind })),
  }
}

function resultOf(line: string, next: string): Verified[] {
  const [, label, status] = /^\s*backup: (\S+), status: ([^,]+),/.exec(line) ?? []
  if (label) return [{ label, ...countsOf(next), isValid: status === 'valid' }]
  const wal = /^\s*archiveId: \S+, total WAL checked: (\d+), total valid WAL: (\d+)/.exec(line)
  return wal ? [{ ...countsOf(next), isValid: wal[1] === wal[2] }] : []
}

/** Zeros where there is no such line, as for a backup whose manifest is gone. */
function countsOf(line: string) {
  const counts =
    /^\s*missing: (\d+), checksum invalid: (\d+), size invalid: (\d+), other: (\d+)$/.exec(line)
  const [missing = 0, checksum = 0, size = 0, other = 0] = (counts ?? []).slice(1).map(Number)
  return { missing, changed: checksum + size, other }
}

/** `invalid checksum '15-1/…'`, `invalid size '…'`, `file missing '…'`, and `invalid result …: reason`. */
function namedFile(line: string): [string, 'missing' | 'changed'][] {
  const [, what, path, unread] =
    /INFO: (?:(invalid checksum|invalid size|file missing) '([^']+)'|invalid result ([^:]+):)/.exec(
      line,
    ) ?? []
  const named = path ?? unread
  return named === undefined ? [] : [[named, what === 'file missing' ? 'missing' : 'changed']]
}
