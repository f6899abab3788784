import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ProjectSpec } from '../../contract/project.ts'
import { AppError } from '../../errors/app-error.ts'
import { runProcess } from '../run/run-process.ts'

interface Options {
  readonly spec: ProjectSpec
  readonly override: string
  /** Values for `${NAME}` in the compose files. */
  readonly config: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly envFiles: readonly string[]
  readonly profiles: readonly string[]
  readonly directory: string
  readonly args: readonly string[]
}

/**
 * Runs `docker compose` on the project with our override and gives its exit status. The override, which holds secrets,
 * is in a folder that only we can read, and gone afterwards. Throws NOT_SUPPORTED without a Docker Compose that can.
 */
export async function runDockerCompose(options: Options): Promise<number> {
  const { spec, config, env, directory } = options
  await demandCompose(env)
  const folder = await mkdtemp(join(tmpdir(), 'howdah-compose-'))
  try {
    const file = join(folder, 'override.yaml')
    await writeFile(file, options.override, { mode: 0o600 })
    const args = [
      'compose',
      ...flag('--project-name', [spec.name]),
      ...flag('--project-directory', [spec.directory]),
      ...flag('--env-file', options.envFiles),
      ...flag('--file', [...spec.files, file]),
      ...options.args,
    ]
    // A config of these names would change which docker runs, and where.
    const { PATH, HOME } = env
    return await runProcess({
      command: 'docker',
      args,
      env: { ...env, ...config, PATH, HOME, COMPOSE_PROFILES: profilesFor(options) },
      directory,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const flag = (name: string, values: readonly string[]): string[] =>
  values.flatMap((value) => [name, value])

/** Ours are always on, as when we read the project. */
function profilesFor({ profiles, env }: Options): string {
  const asked = profiles.length > 0 ? profiles : (env['COMPOSE_PROFILES'] ?? '').split(',')
  return [...asked.filter(Boolean), 'defang', 'howdah'].join(',')
}

/** The first release with `!override` (2.24.4); `configs.content` came before it. */
const oldest = [2, 24, 4] as const

async function demandCompose(env: Options['env']): Promise<void> {
  const version = await composeVersion(env)
  const numbers = (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number)
  const difference = oldest.map((wanted, index) => (numbers[index] ?? 0) - wanted).find(Boolean)
  if ((difference ?? 0) >= 0) return
  throw new AppError('NOT_SUPPORTED', `Docker Compose ${version} is too old`, {
    hint: `Install Docker Compose ${oldest.join('.')} or later.`,
  })
}

async function composeVersion(env: Options['env']): Promise<string> {
  try {
    const asked = promisify(execFile)('docker', ['compose', 'version', '--short'], { env })
    return (await asked).stdout.trim()
  } catch (cause) {
    throw new AppError('NOT_SUPPORTED', 'there is no `docker compose` here', {
      cause,
      hint: 'Install Docker with its Compose plugin, or print the override with `howdah compose` for another machine’s.',
    })
  }
}
