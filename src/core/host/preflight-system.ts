import type { PreflightFinding } from '../../contract/host.ts'
import type { SystemFacts } from './facts.ts'
import { distributionOf, OLDEST_ETCD, supportedDistributions } from './packages.ts'
import { compareVersions, parseVersion, versionText } from './version.ts'

/** The distribution, the account, and what etcd it has. */
export function judgeSystem(facts: SystemFacts): PreflightFinding[] {
  const { release, isRoot, hasApt } = facts
  const distribution = distributionOf(release)
  if (!distribution) {
    return [refused(`This is ${release.prettyName}; a host needs ${supportedDistributions()}.`)]
  }
  const found: PreflightFinding[] = []
  if (!isRoot) {
    found.push(
      refused(
        'A host installs system packages and runs its servers under an account of their own, which only root can: run the daemon of this home as root.',
      ),
    )
  }
  if (!hasApt) found.push(refused('There is no apt-get here, which brings what a host needs.'))
  const old = oldEtcd(facts)
  if (old !== undefined) found.push(refused(old))
  if (found.length > 0) return found
  return [{ about: 'system', verdict: 'fine', sentence: `This is ${distribution.name}.` }]
}

function oldEtcd({ etcd, release }: SystemFacts): string | undefined {
  const version = etcd && parseVersion(etcd.version)
  if (!version || compareVersions(version, OLDEST_ETCD) >= 0) return undefined
  const where = etcd.isHere ? 'is installed' : `is what the packages of ${release.prettyName} have`
  return (
    `etcd ${versionText(version)} ${where}, and a host needs ${versionText(OLDEST_ETCD)} or later: ` +
    'put a newer one of etcd’s own releases into /usr/local/bin, or use a newer release of the system.'
  )
}

const refused = (sentence: string): PreflightFinding => ({
  about: 'system',
  verdict: 'refused',
  sentence,
})
