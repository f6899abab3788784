import { describeBytes } from '../describe-bytes.ts'

const GIB = 1024 ** 3

/** What a drill may read of a live server to count rows: a count holds up nobody, but the disk is shared. */
export const COUNT_LIMITS: CountLimits = { tables: 10, tableBytes: 4 * GIB, bytes: 8 * GIB }

export interface CountLimits {
  readonly tables: number
  /** A larger table is left out… */
  readonly tableBytes: number
  /** …and so is one with which all would be more than this. */
  readonly bytes: number
}

export interface Table {
  readonly database: string
  readonly schema: string
  readonly name: string
  /** Which table it is, whatever it is called later. */
  readonly oid: string
}

export interface SizedTable extends Table {
  readonly bytes: number
}

/** The largest tables of all databases within the limits, and why each larger one is left out. */
export function tablesToCount(
  found: readonly SizedTable[],
  limits: CountLimits = COUNT_LIMITS,
): { chosen: SizedTable[]; left: string[] } {
  const chosen: SizedTable[] = []
  const left: string[] = []
  let bytes = 0
  for (const table of found.toSorted((a, b) => b.bytes - a.bytes)) {
    if (chosen.length === limits.tables) break
    if (table.bytes > limits.tableBytes || bytes + table.bytes > limits.bytes) {
      left.push(`${fullName(table)} has ${describeBytes(table.bytes)}`)
      continue
    }
    bytes += table.bytes
    chosen.push(table)
  }
  return { chosen, left }
}

/** `shop.public.orders`: database, schema and table. */
export const fullName = ({ database, schema, name }: Omit<Table, 'oid'>): string =>
  [database, schema, name].join('.')
