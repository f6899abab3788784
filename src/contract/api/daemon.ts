import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { Engine, EngineOffer } from '../engine.ts'
import { Instant } from '../names.ts'
import { Operation } from '../operation.ts'

export const DaemonStatus = z
  .object({
    version: z.string(),
    pid: z.int(),
    home: z.string(),
    startedAt: Instant,
    instances: z.int(),
    liveOperations: z.int(),
    memoryBytes: z.int(),
    logFile: z.string(),
  })
  .meta({ id: 'DaemonStatus' })
export type DaemonStatus = z.output<typeof DaemonStatus>

export const daemonApi = {
  getDaemon: endpoint({
    method: 'GET',
    path: '/v1/daemon',
    summary: 'Who answers here, and since when',
    needs: 'viewer',
    within: 'anything',
    input: z.object({}),
    reply: DaemonStatus,
  }),
  stopDaemon: endpoint({
    method: 'POST',
    path: '/v1/daemon/stop',
    summary: 'End the daemon; the instances run on unless `instances` says to stop them too',
    needs: 'admin',
    within: 'all',
    input: z.object({ instances: z.boolean() }),
    reply: z.object({ stopped: z.int() }),
  }),
  listEngines: endpoint({
    method: 'GET',
    path: '/v1/engines',
    summary:
      'The Postgres distributions that are here, and with `offers` those that could be fetched',
    needs: 'viewer',
    within: 'anything',
    input: z.object({ offers: z.stringbool().default(false) }),
    reply: z.object({ installed: z.array(Engine), offers: z.array(EngineOffer) }),
  }),
  installEngine: endpoint({
    method: 'POST',
    path: '/v1/engines',
    summary: 'Fetch a Postgres distribution',
    needs: 'operator',
    within: 'all',
    input: z.object({
      /** `16` or `16.4`. */
      version: z.string().regex(/^\d+(\.\d+)?$/),
      force: z.boolean(),
    }),
    reply: Operation,
  }),
}
