import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { BackupHistory, LineageStatus } from '../../contract/lineage-status.ts'
import { holdingsOf, lineageStatus } from '../../operations/lineage/status.ts'
import type { Services } from '../services.ts'

interface Asked {
  readonly project?: string | undefined
  /** The name that an instance has now, or had when its lineage was closed. */
  readonly service?: string | undefined
}

/** The lineages of a project or of one of its services, the newest last. */
export async function lineagesOf(
  s: Pick<Services, 'documents'>,
  { project, service }: Asked,
): Promise<LineageDocument[]> {
  const all = (await s.documents.lineages.list()).map((l) => l.value)
  return all
    .filter((l) => project === undefined || l.project === project)
    .filter((l) => service === undefined || l.service === service)
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
}

export const lineageView = async (
  s: Pick<Services, 'documents'>,
  lineage: LineageDocument,
): Promise<LineageStatus> =>
  lineageStatus(s, lineage, await holdingsOf(s, lineage.id), new Date().toISOString())

/** A lineage with its backups, oldest first. */
export async function historyView(
  s: Pick<Services, 'documents'>,
  lineage: LineageDocument,
): Promise<BackupHistory> {
  const holdings = await holdingsOf(s, lineage.id)
  const status = await lineageStatus(s, lineage, holdings, new Date().toISOString())
  return { lineage: status, backups: [...holdings.backups] }
}
