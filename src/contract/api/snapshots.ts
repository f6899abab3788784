import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ProjectName, ServiceName, SnapshotName } from '../names.ts'
import { Operation } from '../operation.ts'
import { Snapshot } from '../snapshot.ts'

export const snapshotApi = {
  listSnapshots: endpoint({
    method: 'GET',
    path: '/v1/snapshots',
    summary: 'List snapshots, of one project or of all',
    needs: 'viewer',
    within: 'entries',
    input: z.object({ project: ProjectName.optional() }),
    reply: z.array(Snapshot),
  }),
  createSnapshot: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/snapshots',
    summary: 'Take a snapshot of a running instance',
    needs: 'developer',
    within: 'project',
    input: z.object({
      project: ProjectName,
      service: ServiceName,
      name: SnapshotName.optional(),
    }),
    reply: Operation,
  }),
  restoreSnapshot: endpoint({
    method: 'POST',
    path: '/v1/snapshots/{name}/restore',
    summary: 'Make a new instance from a snapshot',
    needs: 'operator',
    within: ['project', 'snapshot'],
    input: z.object({
      name: SnapshotName,
      project: ProjectName,
      /** The service name of the new instance. */
      as: ServiceName,
    }),
    reply: Operation,
  }),
  removeSnapshot: endpoint({
    method: 'DELETE',
    path: '/v1/snapshots/{name}',
    summary: 'Delete a snapshot for good',
    needs: 'operator',
    within: 'snapshot',
    input: z.object({ name: SnapshotName }),
    reply: Operation,
  }),
}
