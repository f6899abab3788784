import { existsSync } from 'node:fs'
import { runOk } from '../run.ts'

/**
 * Masks services that do not exist yet, so that a package that brings one can neither start nor enable it; systemd keeps
 * that until `systemctl unmask`. One that systemd knows already, running or not, is somebody’s and stays as it is. Does nothing where systemd does not
 * run. PACKAGES_FAILED when systemd refuses.
 */
export async function maskUnknownServices(services: readonly string[]): Promise<void> {
  if (!existsSync('/run/systemd/system')) return
  for (const service of services) {
    const show = ['show', '--property=LoadState', '--value', service]
    const { stdout } = await runOk('systemctl', show, { code: 'PACKAGES_FAILED' })
    if (stdout.trim() !== 'not-found') continue
    await runOk('systemctl', ['mask', service], { code: 'PACKAGES_FAILED' })
  }
}
