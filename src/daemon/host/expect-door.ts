import type { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import { probeConnection } from '../../system/connect-probe.ts'

const WITHIN_MS = 5000

/** Throws CANNOT_LISTEN when nobody takes connections where the other hosts call this one. */
export async function expectDoor({ host, ports }: Pick<HostFile, 'host' | 'ports'>): Promise<void> {
  const place = { host: host.address, port: ports.api }
  const probed = await probeConnection({ ...place, tls: false, timeoutMs: WITHIN_MS })
  if (probed.reached === 'ready') return
  const message = `the other hosts do not reach this one at ${place.host} port ${place.port}`
  throw new AppError('CANNOT_LISTEN', message, { details: { ...place, code: probed.code } })
}
