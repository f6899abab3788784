import { z } from 'zod'
import { DesiredProject } from '../desired.ts'
import { endpoint } from '../endpoint.ts'
import { Project } from '../instance.ts'
import { ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'
import { Plan } from '../plan.ts'

/** What `down` does with the data before it goes: as the mode says, keep a final snapshot, or keep nothing. */
export const FinalSnapshot = z.enum(['auto', 'keep', 'none'])
export type FinalSnapshot = z.output<typeof FinalSnapshot>

/** What `down` would destroy, for the question that comes first. */
export const Destruction = z.object({
  service: ServiceName,
  version: z.string(),
  dataBytes: z.int(),
  createdAt: z.string(),
  /** The name the final snapshot would get; absent when none would be taken. */
  finalSnapshot: z.string().optional(),
  /** For how long its backup history stays, from which `undelete` brings it back; absent when there is none. */
  historyKeptMs: z.int().optional(),
})
export type Destruction = z.output<typeof Destruction>

const Services = z.array(ServiceName).describe('Empty: the whole project')

export const projectApi = {
  listProjects: endpoint({
    method: 'GET',
    path: '/v1/projects',
    summary: 'List projects',
    needs: 'viewer',
    within: 'entries',
    input: z.object({}),
    reply: z.array(Project),
  }),
  planProject: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/plan',
    summary: 'What `up` would do',
    needs: 'viewer',
    within: ['project', 'desired'],
    input: DesiredProject,
    reply: Plan,
  }),
  upProject: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/up',
    summary: 'Make the project as desired',
    needs: 'developer',
    within: ['project', 'desired'],
    input: DesiredProject,
    reply: Operation,
  }),
  previewDown: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/down/preview',
    summary: 'What `down` would destroy',
    needs: 'viewer',
    within: 'project',
    input: z.object({
      project: ProjectName,
      services: Services,
      finalSnapshot: FinalSnapshot,
    }),
    reply: z.array(Destruction),
  }),
  downProject: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/down',
    summary: 'Remove instances, after a final snapshot where one is wanted',
    needs: 'operator',
    within: 'project',
    input: z.object({
      project: ProjectName,
      services: Services,
      finalSnapshot: FinalSnapshot,
      acceptLoss: z
        .boolean()
        .optional()
        .describe('Also when commits that are in no archive go with the data'),
    }),
    reply: Operation,
  }),
}
