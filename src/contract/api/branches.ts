import { z } from 'zod'
import { BranchAsked, BranchOrigin, BranchPlan, SchemaChange } from '../branch-plan.ts'
import { endpoint } from '../endpoint.ts'
import { ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'

const Named = z.object({ project: ProjectName, service: ServiceName })

export const branchApi = {
  planBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/plan',
    summary: 'What a branch would take, or why it cannot be made; makes nothing',
    needs: 'viewer',
    within: 'project',
    input: BranchOrigin,
    reply: BranchPlan,
  }),
  createBranch: endpoint({
    method: 'POST',
    path: '/v1/branches',
    summary: 'Make a branch of an instance, as it is now or was at a moment',
    needs: 'developer',
    within: 'project',
    input: BranchAsked,
    reply: Operation,
  }),
  resetBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/{project}/{service}/reset',
    summary: 'Make a branch anew from what its parent is now; name, address and password stay',
    needs: 'developer',
    within: 'project',
    input: Named,
    reply: Operation,
  }),
  removeBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/{project}/{service}/remove',
    summary: 'Remove a branch, without a final snapshot',
    needs: 'developer',
    within: 'project',
    input: Named.extend({
      cascade: z.boolean().describe('Its own branches too; without it, one that has some stays'),
    }),
    reply: Operation,
  }),
  keepBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/{project}/{service}/keep',
    summary: 'Say when a branch goes by itself, or that it does not',
    needs: 'developer',
    within: 'project',
    input: Named.extend({
      expiresAfterMs: z.int().positive().optional().describe('From now; unset: never'),
    }),
    reply: Operation,
  }),
  diffBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/{project}/{service}/diff',
    summary: 'How the schema of a branch differs from that of its parent now',
    needs: 'viewer',
    within: 'project',
    input: Named,
    reply: z.object({ parent: ServiceName, changes: z.array(SchemaChange) }),
  }),
  promoteBranch: endpoint({
    method: 'POST',
    path: '/v1/branches/{project}/{service}/promote',
    summary: 'Let a branch take its parent’s place; what was there is kept under a name',
    needs: 'operator',
    within: 'project',
    input: Named,
    reply: Operation,
  }),
  swapInstances: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/swap',
    summary: 'Let another instance’s data take this one’s place; what was there is kept',
    needs: 'operator',
    within: 'project',
    input: Named.extend({
      /** Whose data it gets. */
      other: ServiceName,
      /** The name that the present data is kept under; unset: one with the time in it. */
      keepAs: ServiceName.optional(),
    }),
    reply: Operation,
  }),
  renameInstance: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/rename',
    summary: 'Give a branch, or a state that is kept, another name',
    needs: 'developer',
    within: 'project',
    input: Named.extend({ to: ServiceName }),
    reply: Operation,
  }),
}
