import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Count, Rows } from '../../core/drill/judge-rows.ts'
import {
  COUNT_LIMITS,
  fullName,
  type SizedTable,
  type Table,
  tablesToCount,
} from '../../core/drill/tables-to-count.ts'
import { saysDamaged } from '../../core/sql/amcheck.ts'
import { countRows, largestTables, SETTLED_BEFORE, tableByOid } from '../../core/sql/drill.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import type { StepContext } from '../procedure.ts'
import { type Care, carefully, databasesOf, sqlstateOf } from './careful-session.ts'

/** A count reads about 1 GB/s from memory and 100 MB/s from a slow disk; nobody's schema change waits longer for it than this. */
const COUNT_MS = 60_000

export interface CountedTables {
  /** Rows by transactions before this one are those that can be compared. */
  readonly settledBefore: string
  readonly tables: readonly (Table & { readonly before: Rows })[]
  /** Why some were not counted, a sentence for each. */
  readonly left: readonly string[]
}

/** Counts the rows of a live server's largest tables. */
export async function countLargest(
  d: Dependencies,
  member: MemberDocument,
  s: StepContext,
): Promise<CountedTables> {
  const care = { signal: s.signal, statementMs: COUNT_MS }
  const settledBefore = await carefully(d, member, 'postgres', care, async (session) => {
    const [row] = await session.query<{ xid: string }>(SETTLED_BEFORE)
    if (row) return row.xid
    throw new AppError('SQL_FAILED', 'the server did not say which transactions run')
  })
  const { chosen, left } = tablesToCount(await largestOf(d, member, care))
  const counts = await countTables(d, member, chosen, settledBefore, s)
  const tables: (Table & { before: Rows })[] = []
  const uncounted = [...left]
  for (const [at, { bytes: _, ...table }] of chosen.entries()) {
    const count = counts[at]
    if (count?.kind === 'counted') tables.push({ ...table, before: count })
    else if (count && count.kind !== 'gone') uncounted.push(`${fullName(table)} ${count.why}`)
  }
  return { settledBefore, tables, left: uncounted }
}

/** Counts these tables, each by itself, in this order. */
export async function countTables(
  d: Dependencies,
  member: MemberDocument,
  tables: readonly Table[],
  settledBefore: string,
  { signal, report }: StepContext,
): Promise<Count[]> {
  const care = { signal, statementMs: COUNT_MS }
  const databases = await databasesOf(d, member, care)
  const counts: Count[] = []
  for (const [at, table] of tables.entries()) {
    report(`${at + 1} of ${tables.length}: ${fullName(table)}`)
    const isThere = databases.includes(table.database)
    counts.push(
      isThere ? await countTable(d, member, table, settledBefore, care) : { kind: 'gone' },
    )
  }
  return counts
}

async function largestOf(
  d: Dependencies,
  member: MemberDocument,
  care: Care,
): Promise<SizedTable[]> {
  const found: SizedTable[] = []
  for (const database of await databasesOf(d, member, care)) {
    const rows = await carefully(d, member, database, care, (session) =>
      session.query<{ oid: string; schema: string; name: string; bytes: string }>(
        largestTables(COUNT_LIMITS.tables),
      ),
    )
    found.push(...rows.map((row) => ({ ...row, database, bytes: Number(row.bytes) })))
  }
  return found
}

async function countTable(
  d: Dependencies,
  member: MemberDocument,
  table: Table,
  settledBefore: string,
  care: Care,
): Promise<Count> {
  try {
    return await carefully(d, member, table.database, care, async (session): Promise<Count> => {
      const [place] = await session.query<{ schema: string; name: string }>(tableByOid(table.oid))
      if (!place) return { kind: 'gone' }
      const sql = countRows(place.schema, place.name, settledBefore)
      const [row] = await session.query<{ rows: string; settled: string }>(sql)
      return { kind: 'counted', rows: Number(row?.rows), settled: Number(row?.settled) }
    })
  } catch (error) {
    care.signal.throwIfAborted()
    const failure = AppError.from(error)
    const count = uncounted(sqlstateOf(failure), failure.message)
    if (count) return count
    throw error
  }
}

function uncounted(sqlstate: string | undefined, words: string): Count | undefined {
  if (sqlstate !== undefined && saysDamaged(sqlstate))
    return { kind: 'unreadable', why: `cannot be read: ${words}` }
  switch (sqlstate) {
    case '57014': // query_canceled
      return { kind: 'unknown', why: `takes longer than ${COUNT_MS / 1000} s to count` }
    case '55P03': // lock_not_available
      return { kind: 'unknown', why: 'was locked' }
    case '42P01': // undefined_table, or undefined database: dropped since it was asked for
    case '3D000':
      return { kind: 'gone' }
    default:
      return undefined
  }
}
