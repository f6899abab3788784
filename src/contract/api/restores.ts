import { endpoint } from '../endpoint.ts'
import { Operation } from '../operation.ts'
import { RestorePlan, RestoreWanted } from '../restore.ts'

export const restoreApi = {
  planRestore: endpoint({
    method: 'POST',
    path: '/v1/restores/plan',
    summary: 'What a restore would do, or why it cannot; touches nothing',
    needs: 'viewer',
    within: ['project', 'lineage'],
    input: RestoreWanted,
    reply: RestorePlan,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/v1/restores',
    summary: 'Bring a moment back, as a new instance or in place of the one that is there',
    needs: 'operator',
    within: ['project', 'lineage'],
    input: RestoreWanted,
    reply: Operation,
  }),
}
