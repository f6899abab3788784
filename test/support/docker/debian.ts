import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The first Debian release whose package has a Docker Compose that is new enough (2.26). */
const composeRelease = 'trixie'
const rootRelease = 'bookworm'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * The Docker Compose plugin of a newer Debian than this machine may be, unpacked under `cache` without touching the
 * machine's own packages. Fetched once.
 */
export function composePlugin(cache: string): string {
  const folder = join(cache, `compose-${composeRelease}`)
  const plugin = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose')
  if (existsSync(plugin)) return plugin
  const apt = join(cache, 'apt')
  for (const name of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(apt, name), { recursive: true })
  }
  const list = join(apt, 'sources.list')
  writeFileSync(list, `deb [signed-by=${keyring}] ${mirror()} ${composeRelease} main\n`)
  const settings = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': join(apt, 'state'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::State::status': '/dev/null',
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  execFileSync('apt-get', [...options, 'update'], { stdio: 'pipe' })
  execFileSync('apt-get', [...options, 'download', 'docker-compose'], { cwd: apt, stdio: 'pipe' })
  const [archive = ''] = globSync('docker-compose_*.deb', { cwd: apt })
  execFileSync('dpkg-deb', ['-x', join(apt, archive), `${folder}.part`])
  renameSync(`${folder}.part`, folder)
  rmSync(apt, { recursive: true })
  return plugin
}

/** A small root with HAProxy, psql and BusyBox, as a tar file: the image of every container. Made once. */
export function rootArchive(cache: string): string {
  const archive = join(cache, `root-${rootRelease}.tar`)
  if (existsSync(archive)) return archive
  const packages = 'haproxy,postgresql-client,busybox,ca-certificates'
  const bare = ['doc', 'man', 'locale'].map((name) => `path-exclude=/usr/share/${name}/*`)
  const args = [
    '--variant=minbase',
    `--include=${packages}`,
    ...bare.map((option) => `--dpkgopt=${option}`),
    '--customize-hook=ln -s /bin/busybox "$1/usr/local/bin/wget"',
    rootRelease,
    `${archive}.part.tar`,
    `deb ${mirror()} ${rootRelease} main`,
  ]
  execFileSync('mmdebstrap', args, { stdio: 'pipe' })
  renameSync(`${archive}.part.tar`, archive)
  return archive
}

/** Where this machine itself gets Debian's packages. */
function mirror(): string {
  const format = '$(REPO_URI) $(ORIGIN) $(COMPONENT)'
  const targets = execFileSync('apt-get', ['indextargets', '--format', format], {
    encoding: 'utf8',
  })
  const line = targets.split('\n').find((target) => /\/debian\/? Debian main$/.test(target))
  if (!line) throw new Error(`no Debian archive among the machine's own sources:\n${targets}`)
  return line.split(' ')[0] ?? ''
}
