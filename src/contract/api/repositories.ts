import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { Repository, RepositoryCheck, RepositoryName } from '../repository.ts'

export const repositoryApi = {
  listRepositories: endpoint({
    method: 'GET',
    path: '/v1/repositories',
    summary: 'The places for backups that this home knows',
    needs: 'viewer',
    within: 'anything',
    input: z.object({}),
    reply: z.array(Repository),
  }),
  addRepository: endpoint({
    method: 'PUT',
    path: '/v1/repositories/{name}',
    summary: 'Make a place for backups known; with `replace`, also one that is known already',
    needs: 'admin',
    within: 'all',
    input: Repository.omit({ createdAt: true }).extend({ replace: z.boolean() }),
    reply: Repository,
  }),
  checkRepository: endpoint({
    method: 'POST',
    path: '/v1/repositories/{name}/check',
    summary: 'Write, read and remove a file there, and say what is wrong',
    needs: 'operator',
    within: 'all',
    input: z.object({ name: RepositoryName }),
    reply: RepositoryCheck,
  }),
  removeRepository: endpoint({
    method: 'DELETE',
    path: '/v1/repositories/{name}',
    summary: 'Forget a place for backups that no lineage uses; what lies there stays',
    needs: 'admin',
    within: 'all',
    input: z.object({ name: RepositoryName }),
    reply: z.object({ removed: RepositoryName }),
  }),
}
