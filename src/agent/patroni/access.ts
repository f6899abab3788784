import { createHmac } from 'node:crypto'
import { REST_USER } from '../../core/config/patroni.ts'
import type { EtcdCredentials } from '../../system/etcd/exchange.ts'
import type { PatroniAccess } from '../../system/patroni/rest.ts'
import type { AgentEnvironment } from '../environment.ts'
import type { PatroniDocument } from './places.ts'

/**
 * The password of a scope's REST, by which its members and our daemons change something. All hosts have the authority's key and
 * nobody else does, so it need not be kept anywhere.
 */
export const restPassword = (
  { authority }: Pick<AgentEnvironment, 'authority'>,
  scope: string,
): string => createHmac('sha256', authority.keyPem).update(`patroni ${scope}`).digest('base64url')

/** How a member's Patroni is asked. `credentials`: a certificate of our authority that is made for clients. */
export const patroniAccess = (
  doc: PatroniDocument,
  env: Pick<AgentEnvironment, 'authority'>,
  credentials: () => EtcdCredentials,
): PatroniAccess => ({
  address: doc.patroni.address,
  port: doc.patroni.restPort,
  credentials,
  user: REST_USER,
  password: restPassword(env, doc.patroni.scope),
})
