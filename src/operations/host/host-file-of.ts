import type { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

/** `host.json` of a machine that takes part in a cluster; NOT_A_HOST for any other. */
export async function hostFileOf({ machine }: Dependencies): Promise<HostFile> {
  const file = await machine.file()
  if (file?.state === 'member') return file
  throw new AppError('NOT_A_HOST', 'this machine is no host of a cluster')
}
