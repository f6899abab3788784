import {
  distributionOf,
  OLDEST_ETCD,
  packageRounds,
  SERVICES_OF,
  supportedDistributions,
  type Distribution,
} from '../../core/host/packages.ts'
import { parseOsRelease } from '../../core/host/system-release.ts'
import { compareVersions, versionText, versionWithin } from '../../core/host/version.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { InstalledPackages } from '../../operations/host/machine.ts'
import { readText } from '../../system/files.ts'
import {
  fetchPackages,
  finishInterrupted,
  forgetFetched,
  installFetched,
  refreshLists,
} from '../../system/host/apt.ts'
import { untilAptIsFree } from '../../system/host/apt-locks.ts'
import { installedPackages as present, isAnyHalfway } from '../../system/host/dpkg.ts'
import { forbidMainCluster } from '../../system/host/main-cluster.ts'
import { maskUnknownServices } from '../../system/host/mask-services.ts'
import { allowServices, forbidServices } from '../../system/host/service-policy.ts'
import { findEtcd } from '../../system/tools/etcd.ts'

/**
 * Installs what a host needs and lacks; when nothing lacks, apt is not asked. No service is started or enabled, and no cluster of the
 * distribution’s is made. Repeated after we died it goes on, and puts back what it had set aside. HOST_REFUSED on another
 * system; PACKAGES_FAILED with apt’s words.
 */
export async function installPackages(watch: Watch): Promise<InstalledPackages> {
  const distribution = await ownDistribution()
  const { etcdPackages } = distribution
  const withEtcd = (await usableEtcd()) === undefined || (await isAnyHalfway(etcdPackages))
  const rounds = packageRounds(distribution, { withEtcd })
  const all = rounds.flat()
  const before = await present(all)
  const missing = rounds.map((round) => round.filter((name) => !before.has(name)))
  if (missing.flat().length > 0) await installMissing(missing, watch)
  await allowServices()
  const after = await present(all)
  const added = [...after].filter(([name]) => !before.has(name))
  return {
    added: added.map(([name, version]) => ({ name, version })),
    etcdVersion: await expectEtcd(),
  }
}

async function installMissing(rounds: readonly (readonly string[])[], watch: Watch): Promise<void> {
  const names = rounds.flat()
  // What others install meanwhile may start its services.
  await untilAptIsFree(watch)
  await maskUnknownServices(names.flatMap((name) => SERVICES_OF[name] ?? []))
  await forbidMainCluster()
  await forbidServices()
  try {
    await finishInterrupted(watch)
    const unread = await refreshLists(watch)
    if (unread !== undefined) watch.report('goes on with the package lists that were read before')
    await fetchPackages(names, watch, unread)
    for (const round of rounds) if (round.length > 0) await installFetched(round, watch)
    await forgetFetched()
  } finally {
    await allowServices()
  }
}

async function ownDistribution(): Promise<Distribution> {
  const release = parseOsRelease((await readText('/etc/os-release')) ?? '')
  const distribution = distributionOf(release)
  if (distribution) return distribution
  const needs = `a host needs ${supportedDistributions()}`
  throw new AppError('HOST_REFUSED', `this is ${release.prettyName}; ${needs}`)
}

/** The version of the etcd that would be run, when it is new enough. */
async function usableEtcd(): Promise<string | undefined> {
  const version = versionWithin((await findEtcd())?.version ?? '')
  return version && compareVersions(version, OLDEST_ETCD) >= 0 ? versionText(version) : undefined
}

async function expectEtcd(): Promise<string> {
  const version = await usableEtcd()
  if (version !== undefined) return version
  const found = (await findEtcd())?.version ?? 'none'
  throw new AppError(
    'PACKAGES_FAILED',
    `a host needs etcd ${versionText(OLDEST_ETCD)} or later, and here is ${found}`,
  )
}
