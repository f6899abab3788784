import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { LineageStatus } from '../lineage-status.ts'
import { LineageId, ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'
import { PrunePlan } from '../prune.ts'
import { RepositoryName } from '../repository.ts'

export const lineageApi = {
  listLineages: endpoint({
    method: 'GET',
    path: '/v1/lineages',
    summary: 'List backup histories, open and closed, of a project, a service or all',
    needs: 'viewer',
    within: 'entries',
    input: z.object({ project: ProjectName.optional(), service: ServiceName.optional() }),
    reply: z.array(LineageStatus),
  }),
  getLineage: endpoint({
    method: 'GET',
    path: '/v1/lineages/{lineage}',
    summary: 'Show a backup history',
    needs: 'viewer',
    within: 'lineage',
    input: z.object({ lineage: LineageId }),
    reply: LineageStatus,
  }),
  removeLineage: endpoint({
    method: 'DELETE',
    path: '/v1/lineages/{lineage}',
    summary: 'Delete a closed backup history for good, with all its backups and WAL',
    needs: 'operator',
    within: 'lineage',
    input: z.object({ lineage: LineageId }),
    reply: Operation,
  }),
  planPrune: endpoint({
    method: 'POST',
    path: '/v1/lineages/{lineage}/prune/plan',
    summary: 'What a clean-up of a backup history would remove now, and why; removes nothing',
    needs: 'viewer',
    within: 'lineage',
    input: z.object({ lineage: LineageId, force: z.boolean() }),
    reply: PrunePlan,
  }),
  pruneLineage: endpoint({
    method: 'POST',
    path: '/v1/lineages/{lineage}/prune',
    summary: 'Remove what the policy keeps no longer; with `force`, also without a proven restore',
    needs: 'operator',
    within: 'lineage',
    input: z.object({ lineage: LineageId, force: z.boolean() }),
    reply: Operation,
  }),
  importLineages: endpoint({
    method: 'POST',
    path: '/v1/lineages/import',
    summary: 'Take over the backup histories of a folder or of a repository, as of another machine',
    needs: 'admin',
    within: 'all',
    /** One of the two. */
    input: z.object({
      /** Absolute, on the daemon’s machine. */
      directory: z.string().startsWith('/').optional(),
      repository: RepositoryName.optional(),
    }),
    reply: Operation,
  }),
}
