import { z } from 'zod'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Dependencies, howdahProcedure } from '../dependencies.ts'
import { beginDrill, type Begun } from '../drill/begin-drill.ts'
import { checkPages } from '../drill/check-pages.ts'
import { checkMarker, checkRows, checkStart } from '../drill/check-scratch.ts'
import { checkStored } from '../drill/check-stored.ts'
import { drillRecord, type Findings } from '../drill/findings.ts'
import { keepRecord, tellOf } from '../drill/keep-record.ts'
import { momentOfLive } from '../drill/live-moment.ts'
import { lookThroughIndexes, lookThroughTables } from '../drill/look-through.ts'
import { removeScratch, restoreOnScratch } from '../drill/scratch.ts'
import { archiveOf } from '../drill/archive-of.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { lineageTitle } from '../lineage/title-of.ts'
import type { Context } from '../procedure.ts'

const HOUR_MS = 60 * 60 * 1000
/** At 100 MB/s from a slow disk, in the background, this is several TB. */
const READ_DEADLINE_MS = 24 * HOUR_MS

/**
 * Restores the newest moment of a lineage on a server of its own, looks whether all is there, and removes it again. What it came
 * to is kept as a record. It holds the lineage alone, so its instance can be used, changed and removed meanwhile.
 */
export const drill = howdahProcedure({
  kind: 'drill',
  input: z.object({
    lineage: z.string(),
    /** By the schedule, and not by a person. */
    scheduled: z.boolean().optional(),
    /** Unset: the newest that is not known to be damaged. */
    backup: z.string().optional(),
    of: z.string().optional(),
  }),
  title: (asked) => `restore drill of ${lineageTitle(asked)}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage: lineageId, backup }, context, d) {
    const { step, signal } = context
    const lineage = await lineageById(d, lineageId)
    const begun = await step('choose the backup', () => beginDrill(d, lineageId, backup))
    const findings: Findings = { checks: [], walBytes: 0 }
    let broken: AppError | undefined
    try {
      await prove(context, d, lineage, begun, findings)
    } catch (error) {
      if (signal.aborted) throw error
      broken = AppError.from(error)
    }
    await step('remove the scratch server', (s) => removeScratch(d, lineage, s.signal), {
      evenIfCancelled: true,
    })
    if (broken?.code === 'OPERATION_CANCELLED') throw broken
    const record = await step('keep the record', async () => {
      const made = drillRecord(lineage, begun, findings, broken)
      await keepRecord(d, lineage, made)
      return made
    })
    await step('tell of it', () => tellOf(d, lineage, record))
    const { outcome, failure } = record
    const output = { lineage: lineageId, drill: begun.id }
    if (outcome === 'passed') return output
    const of = `${lineage.project}/${lineage.service}`
    throw new AppError('DRILL_FAILED', `the restore drill of ${of} failed: ${failure}`, {
      details: { ...output, ...broken?.details },
      hint: `See all of it with \`howdah drill show ${begun.id}\`. Until a drill passes, do not count on a restore: take a new backup with \`howdah backup create\`.`,
      cause: broken,
    })
  },
})

/** One restore and every look at it. What is stored is read first: where that is damaged, it says what, and a restore only that. */
async function prove(
  context: Context,
  d: Dependencies,
  lineage: LineageDocument,
  { backup }: Begun,
  findings: Findings,
): Promise<void> {
  const { step } = context
  const { checks } = findings
  const live = await momentOfLive(context, d, lineage)
  const named = live.kind === 'named' ? live : undefined
  const archive = await step('look at the archive', () => archiveOf(d, lineage))
  const stored = await step(
    'read the backup and its WAL',
    (s) => checkStored(d, lineage, backup, s),
    { deadlineMs: READ_DEADLINE_MS, endsOnCancel: true },
  )
  checks.push(stored)
  if (stored.outcome === 'failed') return
  findings.restored = await step(
    'restore on a scratch server',
    (s) => restoreOnScratch(d, { lineage, backup, until: named?.name }, s),
    { deadlineMs: READ_DEADLINE_MS, endsOnCancel: true },
  )
  const { check, walBytes } = await step('see how far it came', (s) =>
    checkStart(d, { lineage, backup, archived: named ? undefined : archive.endLsn }, s),
  )
  checks.push(check)
  findings.walBytes = walBytes
  findings.restoredTo = named?.at ?? archive.completeUntil
  checks.push(await step('look for the mark', (s) => checkMarker(d, lineage, live, s)))
  checks.push(await step('compare rows', (s) => checkRows(d, lineage, live, s)))
  checks.push(await step('check indexes', (s) => lookThroughIndexes(d, lineage, s)))
  checks.push(await step('check tables', (s) => lookThroughTables(d, lineage, s)))
  checks.push(await step('stop it and check every page', (s) => checkPages(d, lineage, s)))
}
