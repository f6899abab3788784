import { z } from 'zod'
import { Backup } from '../backup.ts'
import { endpoint } from '../endpoint.ts'
import { BackupHistory } from '../lineage-status.ts'
import { BackupName, LineageId, ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'

/** A backup's id, or the name under which a person kept it. */
const BackupKey = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,100}$/)

export const backupApi = {
  listBackups: endpoint({
    method: 'GET',
    path: '/v1/backups',
    summary: 'Lineages with their backups and what can be restored, of a project, a service or all',
    needs: 'viewer',
    within: 'entries',
    input: z.object({
      project: ProjectName.optional(),
      service: ServiceName.optional(),
      lineage: LineageId.optional(),
    }),
    reply: z.array(BackupHistory),
  }),
  createBackup: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/backups',
    summary: 'Take a base backup now; one with a name is kept until it is removed',
    needs: 'developer',
    within: 'project',
    input: z.object({
      project: ProjectName,
      service: ServiceName,
      name: BackupName.optional(),
    }),
    reply: Operation,
  }),
  getBackup: endpoint({
    method: 'GET',
    path: '/v1/lineages/{lineage}/backups/{backup}',
    summary: 'Show a backup',
    needs: 'viewer',
    within: 'lineage',
    input: z.object({ lineage: LineageId, backup: BackupKey }),
    reply: Backup,
  }),
  removeBackup: endpoint({
    method: 'DELETE',
    path: '/v1/lineages/{lineage}/backups/{backup}',
    summary:
      'Delete a backup for good; the moments before the next one cannot be restored any more',
    needs: 'operator',
    within: 'lineage',
    input: z.object({ lineage: LineageId, backup: BackupKey }),
    reply: Operation,
  }),
  verifyBackups: endpoint({
    method: 'POST',
    path: '/v1/lineages/{lineage}/verify',
    summary:
      'Read one backup, or all of a lineage, with the WAL after it and compare with the manifest',
    needs: 'developer',
    within: 'lineage',
    input: z.object({ lineage: LineageId, backup: BackupKey.optional() }),
    reply: Operation,
  }),
}
