import { join } from 'node:path'
import type { JoinBundle } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  ensureDirectory,
  exists,
  readText,
  removeTree,
  renameDurably,
  writeAtomic,
} from '../../system/files.ts'
import { homeLayout } from '../home.ts'

/** What seals secrets and what clients trust, each as its file holds it. The key before the certificate that needs it. */
const kept = ['config.key', 'ca.key', 'ca.crt'] as const
type Kept = (typeof kept)[number]

const modes: Readonly<Record<Kept, number>> = {
  'config.key': 0o600,
  'ca.key': 0o600,
  'ca.crt': 0o644,
}

function places(home: string): Readonly<Record<Kept, string>> {
  const { configKey, caKey, caCertificate } = homeLayout(home)
  return { 'config.key': configKey, 'ca.key': caKey, 'ca.crt': caCertificate }
}

/** Key and authority of the cluster, for a machine that joins it. */
export async function ownAuthority(
  home: string,
): Promise<Pick<JoinBundle, 'caCertPem' | 'caKeyPem' | 'configKey'>> {
  const { configKey, caKey, caCertificate } = homeLayout(home)
  const [key, keyPem, certPem] = [
    await text(configKey),
    await text(caKey),
    await text(caCertificate),
  ]
  return { configKey: key.trim(), caKeyPem: keyPem, caCertPem: certPem }
}

/** Takes over a cluster’s key and authority; this home’s own are kept aside for the day when it leaves. */
export async function takeOver(
  home: string,
  bundle: Pick<JoinBundle, 'caCertPem' | 'caKeyPem' | 'configKey'>,
): Promise<void> {
  const { beforeCluster } = homeLayout(home)
  const own = places(home)
  if (!(await exists(beforeCluster))) {
    const making = `${beforeCluster}.new`
    await removeTree(making)
    await ensureDirectory(making, { mode: 0o700 })
    for (const name of kept) await write(name, join(making, name), await text(own[name]))
    await renameDurably(making, beforeCluster)
  }
  await write('ca.key', own['ca.key'], bundle.caKeyPem)
  await write('ca.crt', own['ca.crt'], bundle.caCertPem)
  // Last: by this key a joining that was broken off sees that all was taken over.
  await write('config.key', own['config.key'], `${bundle.configKey}\n`)
}

/** Gives the home its own key and authority again, if another’s are in their place. False when they are not. */
export async function putBackOwn(home: string): Promise<boolean> {
  const { beforeCluster } = homeLayout(home)
  if (!(await exists(beforeCluster))) return false
  const own = places(home)
  for (const name of kept) await write(name, own[name], await text(join(beforeCluster, name)))
  await removeTree(beforeCluster)
  return true
}

/** The cluster’s key and authority are this home’s own from now on: what is left of the cluster is here. */
export const keepAsOwn = (home: string): Promise<void> => removeTree(homeLayout(home).beforeCluster)

const write = (name: Kept, path: string, data: string): Promise<void> =>
  writeAtomic(path, data, { mode: modes[name] })

async function text(path: string): Promise<string> {
  const found = await readText(path)
  if (found !== undefined) return found
  throw new AppError('HOME_UNUSABLE', `${path} is missing`)
}
