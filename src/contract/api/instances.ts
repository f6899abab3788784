import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { Endpoint as Address, Instance } from '../instance.ts'
import { ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'

const Named = z.object({ project: ProjectName, service: ServiceName })
const Several = z.object({
  project: ProjectName,
  services: z.array(ServiceName).describe('Empty: all of the project'),
})

/** All that a client needs to connect, the password included. */
export const Connection = z
  .object({
    endpoint: Address,
    user: z.string(),
    database: z.string(),
    password: z.string(),
    /** The certificate of our CA on the daemon’s machine, for sslmode=verify-full. */
    caFile: z.string(),
    /** It runs on another host than the one that was asked, and is reached by a tunnel through that one’s daemon. */
    isElsewhere: z.boolean().optional(),
  })
  .meta({ id: 'Connection' })
export type Connection = z.output<typeof Connection>

export const instanceApi = {
  listInstances: endpoint({
    method: 'GET',
    path: '/v1/instances',
    summary: 'List instances, of one project or of all',
    needs: 'viewer',
    within: 'entries',
    input: z.object({ project: ProjectName.optional() }),
    reply: z.array(Instance),
  }),
  getInstance: endpoint({
    method: 'GET',
    path: '/v1/instances/{project}/{service}',
    summary: 'Show an instance',
    needs: 'viewer',
    within: 'project',
    input: Named,
    reply: Instance,
  }),
  getConnection: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/connection',
    summary: 'How to connect, with the password',
    needs: 'developer',
    within: 'project',
    input: Named,
    reply: Connection,
  }),
  startInstances: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/start',
    summary: 'Start stopped instances',
    needs: 'developer',
    within: 'project',
    input: Several,
    reply: Operation,
  }),
  stopInstances: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/stop',
    summary: 'Stop instances; their data stays',
    needs: 'developer',
    within: 'project',
    input: Several,
    reply: Operation,
  }),
  restartInstances: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/restart',
    summary: 'Restart instances',
    needs: 'developer',
    within: 'project',
    input: Several,
    reply: Operation,
  }),
  suspendInstances: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/suspend',
    summary: 'Stop instances until their next client connects',
    needs: 'developer',
    within: 'project',
    input: Several,
    reply: Operation,
  }),
  resumeInstances: endpoint({
    method: 'POST',
    path: '/v1/projects/{project}/resume',
    summary: 'Start suspended instances',
    needs: 'developer',
    within: 'project',
    input: Several,
    reply: Operation,
  }),
}
