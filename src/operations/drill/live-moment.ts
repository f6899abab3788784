import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { nameMoment, setMarker } from '../../core/sql/drill.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { archiveNow } from '../lineage/archive-now.ts'
import { instanceOfLineage } from '../lineage/instance-of.ts'
import { memberOf } from '../members.ts'
import type { Context, StepContext } from '../procedure.ts'
import { carefully } from './careful-session.ts'
import { type CountedTables, countLargest } from './count-rows.ts'

/** Short statements: only a server in trouble takes longer. */
const STATEMENT_MS = 30_000

/** A moment of a live server that a drill restores, and what it knows of it. */
export interface LiveMoment {
  readonly kind: 'named'
  /** The restore point's name. */
  readonly name: string
  readonly lsn: string
  /** The last WAL file that the moment needs. */
  readonly segment: string
  readonly at: string
  /** What the restored server must find. */
  readonly marker: string
  readonly counted: CountedTables
}

/** Nobody could be asked; then the newest moment of the archive must do. */
export interface NewestMoment {
  readonly kind: 'newest'
  readonly why: string
}

/** The server that writes a lineage, when it takes connections and clients may be there. */
export async function liveServer(
  d: Dependencies,
  lineage: string,
): Promise<MemberDocument | undefined> {
  const instance = await instanceOfLineage(d, lineage)
  if (instance?.phase !== 'live') return undefined
  const { project, service } = instance
  const status = (await d.documents.observed.get(project, service, '0'))?.value
  return status?.state === 'ready' ? memberOf(d, project, service) : undefined
}

/**
 * Leaves a mark in the live server, counts its largest tables, names the moment after that, and waits until the archive has all
 * of it. A server that does not run, or ends or starts anew meanwhile, is no fault of its backups.
 */
export async function momentOfLive(
  { id, step }: Context,
  d: Dependencies,
  lineage: LineageDocument,
): Promise<LiveMoment | NewestMoment> {
  const isLive = await step('look at the live server', async () => {
    return (await liveServer(d, lineage.id)) !== undefined
  })
  if (!isLive) return { kind: 'newest', why: 'no server runs that could be asked' }
  try {
    const marker = await step('leave a mark in the live server', (s) => mark(d, lineage, id, s))
    const counted = await step('count its largest tables', async (s) =>
      countLargest(d, await demandLive(d, lineage), s),
    )
    const named = await step('name the moment', (s) => name(d, lineage, id, s))
    await step('have its WAL archived', (s) => archived(d, lineage, named.segment, s))
    return { kind: 'named', ...named, marker, counted }
  } catch (error) {
    const why = noAnswer(error)
    if (why === undefined) throw error
    return { kind: 'newest', why }
  }
}

/** Why a live server could not be asked; undefined for an error that is not its own. */
export function noAnswer(error: unknown): string | undefined {
  const { code, message } = AppError.from(error)
  const isItsOwn = code === 'SQL_FAILED' || code === 'INSTANCE_NOT_RUNNING'
  return isItsOwn ? `the live server did not answer: ${message}` : undefined
}

async function demandLive(d: Dependencies, lineage: LineageDocument): Promise<MemberDocument> {
  const live = await liveServer(d, lineage.id)
  if (live) return live
  throw new AppError('INSTANCE_NOT_RUNNING', `“${lineage.service}” stopped meanwhile`)
}

/** A comment on our own role: in no database of anybody's, and through the WAL like any other change. */
async function mark(
  d: Dependencies,
  lineage: LineageDocument,
  operation: string,
  { signal }: StepContext,
): Promise<string> {
  const marker = `howdah restore marker ${operation} ${new Date().toISOString()}`
  const live = await demandLive(d, lineage)
  const care = { signal, statementMs: STATEMENT_MS }
  await carefully(d, live, 'postgres', care, (session) =>
    session.query(setMarker(SUPERUSER, marker)),
  )
  return marker
}

/** Another try names another moment: recovery stops at the first one of a name. */
async function name(
  d: Dependencies,
  lineage: LineageDocument,
  operation: string,
  { signal, attempt }: StepContext,
) {
  const live = await demandLive(d, lineage)
  const point = `howdah-drill-${operation}-${attempt}`
  const care = { signal, statementMs: STATEMENT_MS }
  const [row] = await carefully(d, live, 'postgres', care, (session) =>
    session.query<{ lsn: string; segment: string }>(nameMoment(live.engine.major, point)),
  )
  if (!row) throw new AppError('SQL_FAILED', 'the server named no restore point')
  return { name: point, lsn: row.lsn, segment: row.segment, at: new Date().toISOString() }
}

async function archived(
  d: Dependencies,
  lineage: LineageDocument,
  segment: string,
  s: StepContext,
): Promise<void> {
  try {
    await archiveNow(d, lineage, await demandLive(d, lineage), s)
  } catch (error) {
    const { code, details } = AppError.from(error)
    if (code !== 'ARCHIVE_LATE') throw error
    const message = `the archive did not take the WAL file ${segment} in time`
    throw new AppError('ARCHIVE_LATE', message, { details, cause: error })
  }
}
