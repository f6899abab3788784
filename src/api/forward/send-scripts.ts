import { readFile } from 'node:fs/promises'
import { uploadApi } from '../../contract/api/uploads.ts'
import { DesiredProject } from '../../contract/desired.ts'
import type { HostDocument } from '../../contract/documents/host.ts'
import { AppError, type ErrorBody } from '../../errors/app-error.ts'
import { expectOwnScripts } from '../access/start-scripts.ts'
import type { Services } from '../services.ts'
import type { Carried } from './forward.ts'

/**
 * The body of an `up` for another host: its start scripts are files of this machine, so they are sent first. FORBIDDEN for one that
 * the caller may not have read here.
 */
export async function sendScripts(
  s: Services,
  host: HostDocument,
  { doorway: { caller }, body = {}, input }: Carried,
): Promise<object> {
  const desired = DesiredProject.parse(input)
  expectOwnScripts(desired, caller, (path) => s.uploads.has(path))
  const send = async ({ name, path }: { name: string; path: string }) => {
    const content = (await read(name, path)).toString('base64')
    const answer = await s.peers.call(host, {
      method: uploadApi.uploadFile.method,
      path: uploadApi.uploadFile.path,
      body: JSON.stringify({ name, content }),
      caller,
    })
    if (!answer.ok) throw AppError.fromBody((await answer.json()) as ErrorBody)
    return { name, path: uploadApi.uploadFile.reply.parse(await answer.json()).path }
  }
  const services = Object.entries(desired.services).map(async ([service, spec]) => [
    service,
    { ...spec, initFiles: await Promise.all(spec.initFiles.map(send)) },
  ])
  return { ...body, services: Object.fromEntries(await Promise.all(services)) as object }
}

async function read(name: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new AppError('INIT_SCRIPT_FAILED', `the start script ${name} cannot be read`, { cause })
  }
}
