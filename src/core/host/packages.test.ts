import { expect, test } from 'vitest'
import { DISTRIBUTIONS, distributionOf, packageRounds, SERVICES_OF } from './packages.ts'
import { parseOsRelease } from './system-release.ts'

const trixie = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
ID=debian
HOME_URL="https://www.debian.org/"
`

const jammy = `PRETTY_NAME="Ubuntu 22.04.5 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=jammy
`

const forky = `PRETTY_NAME="Debian GNU/Linux forky/sid"
NAME="Debian GNU/Linux"
VERSION_CODENAME=forky
ID=debian
`

test('a distribution is known by its file', () => {
  expect(distributionOf(parseOsRelease(trixie))).toMatchObject({ name: 'Debian 13 (trixie)' })
  expect(distributionOf(parseOsRelease(jammy))).toMatchObject({ name: 'Ubuntu 22.04 LTS' })
})

test('one that is not released, another, and none are not known, and are called by their own name', () => {
  expect(parseOsRelease(forky)).toEqual({
    id: 'debian',
    versionId: undefined,
    prettyName: 'Debian GNU/Linux forky/sid',
  })
  expect(distributionOf(parseOsRelease(forky))).toBeUndefined()
  expect(distributionOf(parseOsRelease('ID=alpine\nVERSION_ID=3.22.1\n'))).toBeUndefined()
  expect(parseOsRelease('ID=alpine\n').prettyName).toBe('alpine')
  expect(distributionOf(parseOsRelease(''))).toBeUndefined()
})

test('the settings for new clusters come before a server package, and Patroni with its client of etcd', () => {
  for (const distribution of DISTRIBUTIONS) {
    const [first, second] = packageRounds(distribution, { withEtcd: true })
    expect(first).toEqual(['postgresql-common'])
    expect(second).toEqual(
      expect.arrayContaining([
        ...distribution.etcdPackages,
        'python3-etcd',
        `postgresql-${distribution.postgresMajor}`,
      ]),
    )
    expect(distribution.etcdPackages.some((name) => SERVICES_OF[name])).toBe(true)
  }
})

test('an etcd that was put there by hand gets none beside it', () => {
  for (const distribution of DISTRIBUTIONS) {
    const names = packageRounds(distribution, { withEtcd: false }).flat()
    expect(names.filter((name) => name.startsWith('etcd'))).toEqual([])
  }
})
