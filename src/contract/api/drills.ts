import { z } from 'zod'
import { Drill } from '../drill.ts'
import { endpoint } from '../endpoint.ts'
import { DrillId, LineageId, ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'

export const drillApi = {
  listDrills: endpoint({
    method: 'GET',
    path: '/v1/drills',
    summary: 'List restore drills, the newest first, of a project, a service or all',
    needs: 'viewer',
    within: 'entries',
    input: z.object({
      project: ProjectName.optional(),
      service: ServiceName.optional(),
      lineage: LineageId.optional(),
    }),
    reply: z.array(Drill),
  }),
  getDrill: endpoint({
    method: 'GET',
    path: '/v1/drills/{drill}',
    summary: 'Show a restore drill: what was restored, how fast, what was checked and found',
    needs: 'viewer',
    within: 'drill',
    input: z.object({ drill: DrillId }),
    reply: Drill,
  }),
  runDrill: endpoint({
    method: 'POST',
    path: '/v1/lineages/{lineage}/drills',
    summary: 'Restore the newest moment on a scratch server, check it and remove it',
    needs: 'developer',
    within: 'lineage',
    input: z.object({
      lineage: LineageId,
      /** The backup to restore, by its id or name; the newest good one when unset. */
      backup: z
        .string()
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,100}$/)
        .optional(),
    }),
    reply: Operation,
  }),
}
