import { setTimeout as delay } from 'node:timers/promises'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { expectNoFork } from '../../core/wal/forked-lineage.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { withSession } from '../instance/owner.ts'
import type { StepContext } from '../procedure.ts'
import { expectOneHistory } from './one-history.ts'

/** A segment of 16 MiB is copied in milliseconds; a repository far away may take its time. */
const ARCHIVED_WITHIN_MS = 120_000
const LOOK_MS = 50

/**
 * Has a running server hand over all the WAL that it wrote until now, and waits until the archive has it. Gives the LSN up
 * to which it does. ARCHIVE_LATE when it takes too long: then what is committed now cannot be restored yet. LINEAGE_FORKED when the
 * archive has another history than the server, under the same places.
 */
export async function archiveNow(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
  { signal, report }: StepContext,
  withinMs = ARCHIVED_WITHIN_MS,
): Promise<string> {
  await expectOneHistory(d, lineage, member)
  const [row] = await withSession(d, member, (session) =>
    session.query<{ lsn: string }>('select pg_switch_wal()::text as lsn'),
  )
  const lsn = row?.lsn ?? ''
  const engine = d.backups.of(lineage)
  const untilMs = performance.now() + withinMs
  for (;;) {
    signal.throwIfAborted()
    const { endLsn, backlog, problems } = await engine.archive(lineage, member)
    expectNoFork(lineage, problems)
    if (endLsn !== undefined && lsnOf(endLsn) >= lsnOf(lsn)) return lsn
    if (performance.now() > untilMs) {
      const message = `the archive of ${member.project}/${member.service} did not take the WAL up to ${lsn}`
      throw new AppError('ARCHIVE_LATE', message, { details: { backlog, problems } })
    }
    report(`waiting for the WAL up to ${lsn} to be archived`)
    await delay(LOOK_MS, undefined, { signal })
  }
}
