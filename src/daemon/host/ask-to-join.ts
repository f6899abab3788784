import { createClient } from '../../client/client.ts'
import { hostApi } from '../../contract/api/hosts.ts'
import type { JoinBundle } from '../../contract/documents/host.ts'
import type { Client } from '../../contract/endpoint.ts'
import type { HostWanted } from '../../contract/host.ts'
import { parseJoinToken } from '../../core/host/join-token.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import { pinnedFetch } from './pinned-fetch.ts'

const calls = { admitHost: hostApi.admitHost, withdrawHost: hostApi.withdrawHost }
type Cluster = Client<typeof calls>

/**
 * Asks the first host of the token that answers to be let in, and gives all that it takes. JOIN_REFUSED with the reason of that host,
 * HOST_EXISTS, DAEMON_UNREACHABLE when none answers, DAEMON_UNTRUSTED when another daemon does, USAGE for what is no token.
 */
export const askToJoin = (token: string, wanted: HostWanted, watch: Watch): Promise<JoinBundle> =>
  askOne(token, watch, (cluster) => cluster.admitHost(wanted))

/** Tells a host of the token that this machine will not join after all. Errors as of `askToJoin`. */
export async function withdraw(token: string, wanted: HostWanted, watch: Watch): Promise<void> {
  await askOne(token, watch, (cluster) => cluster.withdrawHost(wanted))
}

async function askOne<T>(
  text: string,
  { signal, report }: Watch,
  ask: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { addresses, ports, fingerprint, secret } = parseJoinToken(text)
  let unreachable: AppError | undefined
  for (const address of addresses) {
    report(`asking ${address}`)
    try {
      const pinned = { address, port: ports.api, fingerprint, token: secret }
      const fetch = await pinnedFetch(pinned, signal)
      return await ask(createClient(calls, { baseUrl: 'https://host', fetch }))
    } catch (error) {
      const failure = AppError.from(error)
      if (failure.code !== 'DAEMON_UNREACHABLE') throw refusal(failure)
      unreachable ??= failure
    }
  }
  throw unreachable ?? new AppError('USAGE', 'the token names no host')
}

/** What a token is not good for is told as what it means here. */
function refusal(failure: AppError): AppError {
  if (failure.code === 'UNAUTHENTICATED') {
    return new AppError('JOIN_REFUSED', 'the token has ended, or is not one of this cluster', {
      cause: failure,
    })
  }
  if (failure.code !== 'FORBIDDEN') return failure
  return new AppError('JOIN_REFUSED', failure.message, { cause: failure })
}
