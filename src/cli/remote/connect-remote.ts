import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../../client/client.ts'
import { createStreamClient } from '../../client/streams.ts'
import { api, streams } from '../../contract/api.ts'
import type { Daemon } from '../context.ts'
import { contextsFolder, type RemoteContext } from './contexts.ts'
import { httpsFetch } from './https-fetch.ts'

/**
 * A typed client of another machine's daemon. The authority that it is trusted by vouches for its servers too: clients
 * here get it as a file of this machine.
 */
export function connectRemote(
  context: RemoteContext & { readonly name: string },
  env: Readonly<Record<string, string | undefined>>,
): Daemon {
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
  return {
    api: {
      ...there,
      getConnection: async (input) => here(await there.getConnection(input)),
      getInstance: async (input) => here(await there.getInstance(input)),
      listInstances: async (input) => Promise.all((await there.listInstances(input)).map(here)),
    },
    streams: createStreamClient(streams, options),
  }
}
