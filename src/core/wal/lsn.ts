import { AppError } from '../../errors/app-error.ts'

/** A place in the WAL as Postgres writes it, `0/3000028`; undefined when the text is none. */
export function parseLsn(text: string): bigint | undefined {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text) ?? []
  if (high === undefined || low === undefined) return undefined
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** The text of a place in the WAL, the way `pg_current_wal_lsn()` prints it. */
export function formatLsn(lsn: bigint): string {
  return `${hexadecimal(lsn >> 32n)}/${hexadecimal(lsn & 0xffff_ffffn)}`
}

/** The place that a document of ours names. Throws INTERNAL when it names none: we wrote it. */
export function lsnOf(text: string): bigint {
  const lsn = parseLsn(text)
  if (lsn === undefined) throw new AppError('INTERNAL', `“${text}” is no place in the WAL`)
  return lsn
}

const hexadecimal = (value: bigint): string => value.toString(16).toUpperCase()
