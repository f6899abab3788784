import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { archivedBeyond } from '../../core/wal/beyond-server.ts'
import { expectNoFork, forkedLineage } from '../../core/wal/forked-lineage.ts'
import type { Dependencies } from '../dependencies.ts'
import { withSession } from '../instance/owner.ts'

/**
 * Makes sure that the archive of a lineage has the history of its running server: LINEAGE_FORKED when the server writes where the archive has
 * WAL already, as after its data were put back to an older state. Then its newest WAL is handed over, so that the archive sees
 * the fork too, and the server gets a new lineage.
 */
export async function expectOneHistory(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
): Promise<void> {
  const { ranges, problems } = await d.backups.of(lineage).archive(lineage, member)
  expectNoFork(lineage, problems)
  const fork = await withSession(d, member, async (session) => {
    const [at] = await session.query<{ lsn: string; name: string }>(
      'select lsn::text, pg_walfile_name(lsn) as name from pg_current_wal_insert_lsn() as lsn',
    )
    if (!at) return undefined
    const server = { timeline: Number.parseInt(at.name.slice(0, 8), 16), lsn: at.lsn }
    const archived = archivedBeyond(ranges, server, lineage.walSegmentBytes)
    if (archived !== undefined) await session.query('select pg_switch_wal()')
    return archived
  })
  if (fork !== undefined) throw forkedLineage(lineage, fork)
}
