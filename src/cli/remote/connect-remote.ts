import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../../client/client.ts'
import { createStreamClient } from '../../client/streams.ts'
import { api, streams } from '../../contract/api.ts'
import type { Terminal } from '../output/terminal.ts'
import type { Daemon } from '../context.ts'
import { contextsFolder, type RemoteContext } from './contexts.ts'
import { isLoopback } from './loopback.ts'
import { httpsFetch } from './https-fetch.ts'
import { tunnelled } from './tunnelled.ts'

/**
 * A typed client of another machine's daemon. The authority that it is trusted by vouches for its servers too: clients
 * here get it as a file of this machine.
 */
export function connectRemote(
  context: RemoteContext & { readonly name: string },
  env: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Daemon {
  const way = async () => (await import('./tunnel.ts')).overHttps(context)
  const tunnel = tunnelled(way, terminal)
  const options = { baseUrl: context.url, fetch: httpsFetch(context) }
  const there = createClient(api, options)
  const caFile = async (): Promise<string> => {
    const folder = join(contextsFolder(env), 'ca')
    const file = join(folder, `${context.name}.crt`)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(file, context.ca)
    return file
  }
  const here = async <T extends { caFile: string }>(told: T): Promise<T> => ({
    ...told,
    caFile: await caFile(),
  })
  const send = async ({ name, path }: { name: string; path: string }) => {
    const content = (await readFile(path)).toString('base64')
    return { name, path: (await there.uploadFile({ name, content })).path }
  }
  return {
    api: {
      ...there,
      async upProject(desired) {
        const services = await Promise.all(
          Object.entries(desired.services).map(async ([name, spec]) => [
            name,
            { ...spec, initFiles: await Promise.all(spec.initFiles.map(send)) },
          ]),
        )
        return there.upProject({ ...desired, services: Object.fromEntries(services) })
      },
      getConnection: async (input) => here(await there.getConnection(input)),
      getInstance: async (input) => here(await there.getInstance(input)),
      listInstances: async (input) => Promise.all((await there.listInstances(input)).map(here)),
    },
    streams: createStreamClient(streams, options),
    reach: async (instance) =>
      isLoopback(instance.endpoint.host) ? tunnel(instance) : instance.endpoint,
  }
}
