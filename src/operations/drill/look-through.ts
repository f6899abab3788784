import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { DrillCheck } from '../../contract/drill.ts'
import { judgeRelations, type LookedThrough } from '../../core/drill/judge-relations.ts'
import {
  AMCHECK_AVAILABLE,
  AMCHECK_SCHEMA,
  BTREE_INDEXES,
  checkIndex,
  checkTable,
  computesAsOwner,
  HEAP_TABLES,
  MAKE_AMCHECK,
  SERVER_VERSION,
  saysDamaged,
  UPDATE_AMCHECK,
} from '../../core/sql/amcheck.ts'
import type { Session } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import type { StepContext } from '../procedure.ts'
import { carefully, databasesOf, sqlstateOf } from './careful-session.ts'
import { scratchOf } from './scratch.ts'

/** For all indexes, and for all tables: a few 100 GB of data from a quick disk. The smallest go first, so most are reached. */
const BUDGET_MS = 20 * 60 * 1000

/** amcheck's look at every B-tree index of the scratch server, and at whether the rows of its table are in it. */
export async function lookThroughIndexes(
  d: Dependencies,
  lineage: LineageDocument,
  s: StepContext,
): Promise<DrillCheck> {
  return lookThrough(d, await scratchOf(d, lineage), 'indexes', s)
}

/** amcheck's look at the rows of every table of the scratch server; Postgres 14 and later. */
export async function lookThroughTables(
  d: Dependencies,
  lineage: LineageDocument,
  s: StepContext,
): Promise<DrillCheck> {
  const scratch = await scratchOf(d, lineage)
  if (scratch.engine.major >= 14) return lookThrough(d, scratch, 'tables', s)
  const sentence = `Postgres ${scratch.engine.major} has no check of tables: 14 and later do`
  return { kind: 'tables', outcome: 'skipped', sentence }
}

interface Relation {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly computes?: boolean
}

type Kind = 'indexes' | 'tables'

interface Looking {
  readonly database: string
  readonly untilMs: number
  /** amcheck's schema. */
  readonly schema: string
  readonly serverVersion: number
  readonly s: StepContext
}

async function lookThrough(
  d: Dependencies,
  scratch: MemberDocument,
  kind: Kind,
  s: StepContext,
): Promise<DrillCheck> {
  const untilMs = performance.now() + BUDGET_MS
  const care = { signal: s.signal, statementMs: BUDGET_MS }
  const all: { sound: number; damaged: string[]; left: string[] } = {
    sound: 0,
    damaged: [],
    left: [],
  }
  for (const database of await databasesOf(d, scratch, care)) {
    const looked = await carefully(d, scratch, database, care, (session) =>
      lookIn(session, kind, { database, untilMs, s }),
    )
    all.sound += looked.sound
    all.damaged.push(...looked.damaged)
    all.left.push(...looked.left)
  }
  return judgeRelations(kind, all)
}

async function lookIn(
  session: Session,
  kind: Kind,
  at: Pick<Looking, 'database' | 'untilMs' | 's'>,
): Promise<LookedThrough> {
  const schema = await ensureAmcheck(session)
  if (schema === undefined) {
    return { sound: 0, damaged: [], left: [`${at.database}: its engine comes without amcheck`] }
  }
  const [row] = await session.query<{ version: string }>(SERVER_VERSION)
  const looking: Looking = { ...at, schema, serverVersion: Number(row?.version) }
  const relations = await session.query<Relation>(kind === 'indexes' ? BTREE_INDEXES : HEAP_TABLES)
  const damaged: string[] = []
  const left: string[] = []
  let sound = 0
  for (const [number, relation] of relations.entries()) {
    at.s.report(`${at.database}: ${number + 1} of ${relations.length}, ${relation.name}`)
    const found = await lookAt(session, kind, relation, looking)
    if (found === undefined) sound++
    else if (found.damaged) damaged.push(found.sentence)
    else left.push(found.sentence)
  }
  return { sound, damaged, left }
}

/** The schema that amcheck is in; undefined where the engine has none. */
async function ensureAmcheck(session: Session): Promise<string | undefined> {
  const find = async (): Promise<string | undefined> => {
    const [row] = await session.query<{ schema: string }>(AMCHECK_SCHEMA)
    return row?.schema
  }
  const isAvailable = (await session.query(AMCHECK_AVAILABLE)).length > 0
  if (!isAvailable) return undefined
  const isThere = (await find()) !== undefined
  for (const sql of isThere ? [UPDATE_AMCHECK] : MAKE_AMCHECK) await session.query(sql)
  return find()
}

interface Found {
  readonly damaged: boolean
  readonly sentence: string
}

/** Undefined: nothing is wrong with it. */
async function lookAt(
  session: Session,
  kind: Kind,
  relation: Relation,
  looking: Looking,
): Promise<Found | undefined> {
  const { database, untilMs, s, schema } = looking
  const name = `${database}.${relation.schema}.${relation.name}`
  s.signal.throwIfAborted()
  if (performance.now() > untilMs) return { damaged: false, sentence: `${name}: the time was up` }
  try {
    if (kind === 'indexes') return await lookAtIndex(session, relation, name, looking)
    const [wrong] = await session.query<{ block: string; sentence: string }>(
      checkTable(schema, relation.oid),
    )
    if (!wrong) return undefined
    const sentence = `the table ${name} is damaged in block ${wrong.block}: ${wrong.sentence}`
    return { damaged: true, sentence }
  } catch (error) {
    s.signal.throwIfAborted()
    const { sqlstate, words } = said(error, name)
    const what = kind === 'indexes' ? 'index' : 'table'
    return saysDamaged(sqlstate)
      ? { damaged: true, sentence: `the ${what} ${name} is damaged: ${words}` }
      : { damaged: false, sentence: `${name}: ${words}` }
  }
}

/** An index's expressions may fail for reasons of their own, which say nothing of the index; without them it is checked less. */
async function lookAtIndex(
  session: Session,
  { oid, computes }: Relation,
  name: string,
  { schema, serverVersion }: Looking,
): Promise<Found | undefined> {
  const plainly = checkIndex(schema, oid, false)
  if (computes && !computesAsOwner(serverVersion)) {
    await session.query(plainly)
    const sentence = `${name}: not whether every row is in it, which this minor version is unsafe to ask`
    return { damaged: false, sentence }
  }
  try {
    await session.query(checkIndex(schema, oid, true))
    return undefined
  } catch (error) {
    const { sqlstate, words } = said(error, name)
    if (!computes || saysDamaged(sqlstate)) throw error
    await session.query(plainly)
    return { damaged: false, sentence: `${name}: not whether every row is in it (${words})` }
  }
}

/** The server's word on a relation. Without a SQLSTATE it is the connection that broke: looking at it ended the server. */
function said(error: unknown, name: string): { sqlstate: string; words: string } {
  const failure = AppError.from(error)
  const { code, message } = failure
  if (code !== 'SQL_FAILED') throw error
  const sqlstate = sqlstateOf(failure)
  if (sqlstate !== undefined) return { sqlstate, words: message }
  const sentence = `the restored server broke off while it looked at ${name}: ${message}`
  throw new AppError('DRILL_FAILED', sentence, { cause: error })
}
