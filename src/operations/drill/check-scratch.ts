import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DrillCheck } from '../../contract/drill.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { type Count, judgeRows, needsLaterCount } from '../../core/drill/judge-rows.ts'
import { judgeRecovery, type Recovered } from '../../core/drill/judge-recovery.ts'
import type { Table } from '../../core/drill/tables-to-count.ts'
import { HISTORY, readMarker } from '../../core/sql/drill.ts'
import type { Session } from '../../drivers/driver.ts'
import type { Dependencies } from '../dependencies.ts'
import type { StepContext } from '../procedure.ts'
import { carefully } from './careful-session.ts'
import { countTables } from './count-rows.ts'
import { type LiveMoment, liveServer, type NewestMoment, noAnswer } from './live-moment.ts'
import { scratchOf } from './scratch.ts'

const STATEMENT_MS = 60_000

export interface Expected {
  readonly lineage: LineageDocument
  readonly backup: Backup
  /** Where the archive ends, when all of it was to be replayed. */
  readonly archived: string | undefined
}

/** How far the scratch server recovered. */
export function checkStart(
  d: Dependencies,
  { lineage, backup, archived }: Expected,
  s: StepContext,
): Promise<Recovered> {
  return ask(d, lineage, s, async (session) => {
    const [row] = await session.query<{ history: string | null }>(HISTORY)
    const { walSegmentBytes } = lineage
    return judgeRecovery({ history: row?.history ?? '', backup, archived, walSegmentBytes })
  })
}

/** Whether what was written last on the live server is there. */
export async function checkMarker(
  d: Dependencies,
  lineage: LineageDocument,
  live: LiveMoment | NewestMoment,
  s: StepContext,
): Promise<DrillCheck> {
  if (live.kind === 'newest') return { kind: 'marker', outcome: 'skipped', sentence: live.why }
  const found = await ask(d, lineage, s, async (session) => {
    const [row] = await session.query<{ marker: string | null }>(readMarker(SUPERUSER))
    return row?.marker
  })
  return found === live.marker
    ? {
        kind: 'marker',
        outcome: 'passed',
        sentence: 'what the drill wrote on the live server before is there',
      }
    : {
        kind: 'marker',
        outcome: 'failed',
        sentence: `“${live.marker}” was written before ${live.name}, and ${found ? `“${found}”` : 'no marker'} is there`,
      }
}

/** The tables that were counted on the live server, counted in what was restored; where rows went, the live one is asked again. */
export async function checkRows(
  d: Dependencies,
  lineage: LineageDocument,
  live: LiveMoment | NewestMoment,
  s: StepContext,
): Promise<DrillCheck> {
  if (live.kind === 'newest') return { kind: 'rows', outcome: 'skipped', sentence: live.why }
  const { tables, left, settledBefore } = live.counted
  const restored = await countTables(d, await scratchOf(d, lineage), tables, settledBefore, s)
  const counted = tables.map((table, at) => ({ ...table, restored: restored[at] ?? notAsked }))
  const doubtful = counted.filter(needsLaterCount)
  const later = await countOnLive(d, lineage, doubtful, settledBefore, s)
  const after = new Map(doubtful.map((table, at) => [table.oid + table.database, later[at]]))
  return judgeRows(
    counted.map((table) => ({ ...table, after: after.get(table.oid + table.database) })),
    left,
  )
}

/** Nothing where no server runs any more, or it ends meanwhile. */
async function countOnLive(
  d: Dependencies,
  lineage: LineageDocument,
  tables: readonly Table[],
  settledBefore: string,
  s: StepContext,
): Promise<Count[]> {
  const server = tables.length > 0 ? await liveServer(d, lineage.id) : undefined
  if (!server) return []
  try {
    return await countTables(d, server, tables, settledBefore, s)
  } catch (error) {
    if (noAnswer(error) === undefined) throw error
    return [] // which the judgement tells
  }
}

const notAsked: Count = { kind: 'unknown', why: 'was not counted' }

async function ask<T>(
  d: Dependencies,
  lineage: LineageDocument,
  { signal }: StepContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const care = { signal, statementMs: STATEMENT_MS }
  return carefully(d, await scratchOf(d, lineage), 'postgres', care, work)
}
