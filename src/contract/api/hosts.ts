import { z } from 'zod'
import { ClusterPorts, JoinBundle } from '../documents/host.ts'
import { endpoint } from '../endpoint.ts'
import {
  Host,
  HostName,
  HostWanted,
  LONGEST_JOIN_TOKEN_MS,
  PreflightFinding,
  Zone,
} from '../host.ts'
import { Instant } from '../names.ts'
import { Operation } from '../operation.ts'

/** What `howdah host token` printed. */
const JoinToken = z.string().min(1)

export const hostApi = {
  listHosts: endpoint({
    method: 'GET',
    path: '/v1/hosts',
    summary: 'The hosts of the cluster; none on a machine by itself',
    needs: 'viewer',
    within: 'all',
    input: z.object({}),
    reply: z.array(Host),
  }),
  getHost: endpoint({
    method: 'GET',
    path: '/v1/hosts/{name}',
    summary: 'Show a host and what is on it',
    needs: 'viewer',
    within: 'all',
    input: z.object({ name: HostName }),
    reply: Host.extend({
      /** `project/service` of each server there. */
      servers: z.array(z.string()),
      /** Ids of the backup histories that are kept or written there. */
      lineages: z.array(z.string()),
    }),
  }),
  checkHost: endpoint({
    method: 'POST',
    path: '/v1/hosts/check',
    summary: 'Look whether this machine can be a host, changing nothing',
    needs: 'admin',
    within: 'all',
    input: HostWanted.extend({ token: JoinToken.optional() }),
    reply: z.object({
      findings: z.array(PreflightFinding),
      /** That would be opened on its address. */
      ports: ClusterPorts,
      /** That would move from SQLite to etcd with all that belongs to them. */
      instances: z.int(),
      /** Hosts of the cluster that the token is for. */
      cluster: z.array(z.string()).optional(),
    }),
  }),
  initHosts: endpoint({
    method: 'POST',
    path: '/v1/hosts/init',
    summary: 'Make this machine the first host of a cluster; nothing that runs is stopped',
    needs: 'admin',
    within: 'all',
    input: HostWanted,
    reply: Operation,
  }),
  joinHosts: endpoint({
    method: 'POST',
    path: '/v1/hosts/join',
    summary: 'Make this machine, which has no instances, a host of a cluster',
    needs: 'admin',
    within: 'all',
    input: HostWanted.extend({ token: JoinToken }),
    reply: Operation,
  }),
  createJoinToken: endpoint({
    method: 'POST',
    path: '/v1/hosts/token',
    summary: 'Make a token with which machines may ask to become hosts, and do nothing else',
    needs: 'admin',
    within: 'all',
    input: z.object({
      expiresAfterMs: z.int().positive().max(LONGEST_JOIN_TOKEN_MS),
    }),
    reply: z.object({ token: JoinToken, name: z.string(), expiresAt: Instant }),
  }),
  labelHost: endpoint({
    method: 'POST',
    path: '/v1/hosts/{name}/labels',
    summary: 'Say in which zone a host is',
    needs: 'operator',
    within: 'all',
    input: z.object({
      name: HostName,
      /** Null: in none. */
      zone: Zone.nullable(),
    }),
    reply: Host,
  }),
  removeHost: endpoint({
    method: 'POST',
    path: '/v1/hosts/{name}/remove',
    summary: 'Take a host out of the cluster; the last one becomes one machine by itself again',
    needs: 'admin',
    within: 'all',
    input: z.object({
      name: HostName,
      /** It is down for good: what it had is given up, and its instances’ documents stay. */
      isLost: z.boolean(),
    }),
    reply: Operation,
  }),
  admitHost: endpoint({
    method: 'POST',
    path: '/v1/hosts/admit',
    summary: 'Let the calling machine become a host; the reply is all that it needs, and secret',
    needs: 'admin',
    within: 'joining',
    input: HostWanted,
    reply: JoinBundle,
  }),
  withdrawHost: endpoint({
    method: 'POST',
    path: '/v1/hosts/withdraw',
    summary:
      'Take back what was made for the calling machine, which does not become a host after all',
    needs: 'admin',
    within: 'joining',
    input: HostWanted,
    reply: z.object({ withdrawn: z.boolean() }),
  }),
}
