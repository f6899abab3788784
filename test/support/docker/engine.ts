import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { composePlugin, rootArchive } from './debian.ts'

/** What the tests need of the machine; the rest they bring along. */
const programs = ['dockerd', 'docker', 'mmdebstrap', 'apt-get', 'dpkg-deb', 'iptables']
const startsWithinMs = 60_000
const pollMs = 100

/** The image that has HAProxy, wget and psql. */
export const image = 'howdah-test/root:1'

export interface DockerEngine extends AsyncDisposable {
  /** Variables with which `docker` and `docker compose` use this engine. */
  readonly env: Readonly<Record<string, string>>
  /** What a docker command prints on stdout. */
  docker(...args: string[]): Promise<string>
}

/**
 * Fetches what the tests need beside the machine's own programs, once, into `cache`. Gives why no Docker engine can be had
 * here; undefined when it can.
 */
export function whyNoDocker(cache: string): string | undefined {
  if (process.platform !== 'linux') return 'a Docker engine of our own needs Linux'
  if (process.geteuid?.() !== 0) return 'a Docker engine of our own needs root'
  const missing = programs.filter((program) => !isInstalled(program))
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`
  try {
    mkdirSync(cache, { recursive: true })
    composePlugin(cache)
    rootArchive(cache)
    return undefined
  } catch (error) {
    return `cannot fetch Debian's packages: ${String(error)}`
  }
}

/** Starts a Docker engine with all that it keeps under `folder`, with our image in it. */
export async function startDocker(folder: string, cache: string): Promise<DockerEngine> {
  const plugins = join(folder, 'config', 'cli-plugins')
  mkdirSync(plugins, { recursive: true })
  symlinkSync(composePlugin(cache), join(plugins, 'docker-compose'))
  const archive = rootArchive(cache)
  const socket = join(folder, 'docker.sock')
  const log = join(folder, 'dockerd.log')
  const options = {
    '--data-root': join(folder, 'data'),
    '--exec-root': join(folder, 'exec'),
    '--pidfile': join(folder, 'dockerd.pid'),
    '--host': `unix://${socket}`,
    // No bridge and no addresses that another engine of this machine would also take.
    '--bridge': 'none',
    '--default-address-pool': 'base=10.213.0.0/16,size=24',
  }
  const args = Object.entries(options).flat()
  const output = openSync(log, 'a')
  const child = spawn('dockerd', args, { stdio: ['ignore', output, output] })
  const env = { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'config') }
  const docker = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)('docker', words, { env: { ...process.env, ...env } })).stdout
  await untilAnswers(() => docker('version'), child, log)
  await docker('import', archive, image)
  return {
    env,
    docker,
    async [Symbol.asyncDispose]() {
      const containers = (await docker('ps', '--all', '--quiet')).split('\n').filter(Boolean)
      if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers)
      await docker('network', 'prune', '--force')
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      unmountUnder(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The engine leaves the host's network namespace mounted in its folder. */
function unmountUnder(folder: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const points = mounts.map((line) => line.split(' ')[1] ?? '')
  // The last mounted first, for one may stand on another.
  for (const point of points.reverse()) {
    if (point.startsWith(`${folder}/`)) execFileSync('umount', [point])
  }
}

async function untilAnswers(
  ask: () => Promise<unknown>,
  child: ReturnType<typeof spawn>,
  log: string,
): Promise<void> {
  const deadline = Date.now() + startsWithinMs
  for (;;) {
    try {
      await ask()
      return
    } catch (cause) {
      if (child.exitCode !== null || Date.now() > deadline) {
        const words = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')
        throw new Error(`dockerd did not start:\n${words}`, { cause })
      }
      await pause(pollMs)
    }
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    // A status other than 0 is the answer.
    return false
  }
}
