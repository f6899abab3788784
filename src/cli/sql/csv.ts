import type { Outcome } from './outcome.ts'

/** What a statement gave as `psql --csv` prints it: a header, rows, NULL as nothing; a command's tag as it is. */
export function formatCsv(outcome: Outcome): string {
  if (outcome.kind === 'command') return `${outcome.tag}\n`
  // psql prints the empty header and leaves out rows without a column.
  if (outcome.columns.length === 0) return '\n'
  const lines = [outcome.columns.map((column) => column.name), ...outcome.rows]
  return lines.map((line) => `${line.map((value) => field(value ?? '')).join(',')}\n`).join('')
}

/** RFC 4180; and a lone `\.`, which would end the data of a COPY. */
function field(value: string): string {
  if (!/[",\r\n]/.test(value) && value !== '\\.') return value
  return `"${value.replaceAll('"', '""')}"`
}
