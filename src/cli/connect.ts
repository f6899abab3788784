import { createClient, type Fetch } from '../client/client.ts'
import { createStreamClient } from '../client/streams.ts'
import { api, streams } from '../contract/api.ts'
import { AppError } from '../errors/app-error.ts'
import type { Daemon } from './context.ts'
import { daemonSocket, startDaemon } from './daemon-process.ts'
import type { Terminal } from './output/terminal.ts'
import { tunnelled } from './remote/tunnelled.ts'
import { socketFetch } from './socket-fetch.ts'

interface Options {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly start: boolean
  readonly terminal: Terminal
  /** Instead of the socket. */
  readonly fetch: Fetch | undefined
}

/**
 * A typed client of this home's daemon. The first call finds out whether it runs; with `start`, a daemon that is not
 * there is started and the call made again, which is safe since a refused connection has carried nothing.
 */
export function connect({ home, env, start, terminal, fetch }: Options): Daemon {
  const overSocket: Fetch = async (url, init) => {
    try {
      return await socketFetch(daemonSocket(home))(url, init)
    } catch (error) {
      const absent = error instanceof AppError && error.details?.['absent'] === true
      if (!absent || !start) throw error
      await startDaemon({ home, env, terminal })
      return await socketFetch(daemonSocket(home))(url, init)
    }
  }
  const options = { baseUrl: 'http://howdah', fetch: fetch ?? overSocket }
  const way = async () => (await import('./remote/tunnel.ts')).overSocket(daemonSocket(home))
  const tunnel = tunnelled(way, terminal)
  return {
    api: createClient(api, options),
    streams: createStreamClient(streams, options),
    reach: async (instance) => (instance.isElsewhere ? tunnel(instance) : instance.endpoint),
  }
}
