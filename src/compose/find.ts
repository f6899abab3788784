import { folderOf, resolvePath } from './path.ts'

/** Compose's order. */
const defaultNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

export interface FindInput {
  /** Absolute folder that the command runs in. */
  readonly cwd: string
  /** The shell's variables; COMPOSE_FILE of a `.env` may be put in by the caller. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether an absolute path is a file. */
  readonly exists: (path: string) => boolean
  /** From `-f`, in order; relative to `cwd`. */
  readonly files?: readonly string[]
  /** From --project-directory. */
  readonly directory?: string
}

export interface FoundFiles {
  /** Absolute, in the order in which they merge. */
  readonly files: readonly string[]
  /** Absolute folder of the project: the first file's, unless another was asked for. */
  readonly directory: string
  /** Files of default names beside the chosen one, which are not read. */
  readonly passedOver: readonly string[]
}

/**
 * The compose files of a project: `-f`, else COMPOSE_FILE, else the first default name in `cwd` or the nearest folder above
 * it, with its override file. Files that were asked for are returned whether they exist or not. Undefined: none found.
 */
export function findComposeFiles(input: FindInput): FoundFiles | undefined {
  const { cwd, environment } = input
  const separator = environment['COMPOSE_PATH_SEPARATOR'] || ':'
  const named = (environment['COMPOSE_FILE'] ?? '').split(separator).filter(Boolean)
  const asked = input.files?.length ? input.files : named
  const found = asked.length > 0 ? { files: asked, passedOver: [] } : findByName(cwd, input.exists)
  if (!found) return undefined
  const files = found.files.map((file) => resolvePath(cwd, file))
  const directory = input.directory ? resolvePath(cwd, input.directory) : folderOf(files[0]!)
  return { files, directory, passedOver: found.passedOver }
}

function findByName(cwd: string, exists: FindInput['exists']) {
  let folder = resolvePath(cwd, '.')
  while (true) {
    const here = (name: string) => resolvePath(folder, name)
    const [chosen, ...others] = defaultNames.map(here).filter(exists)
    if (chosen) {
      const [override, ...more] = overrideNames.map(here).filter(exists)
      const files = override ? [chosen, override] : [chosen]
      return { files, passedOver: [...others, ...more] }
    }
    if (folder === '/') return undefined
    folder = folderOf(folder)
  }
}

export interface FindEnvInput extends Pick<FindInput, 'cwd' | 'environment' | 'exists'> {
  /** From --env-file, in order; relative to `cwd`. */
  readonly envFiles?: readonly string[]
  /** Absolute folder of the project. */
  readonly directory: string
}

/** The env files of a project: --env-file, else COMPOSE_ENV_FILES (a comma list), else its `.env` when there is one. */
export function findEnvFiles(input: FindEnvInput): string[] {
  const { cwd, environment, directory, exists } = input
  const named = (environment['COMPOSE_ENV_FILES'] ?? '').split(',').filter(Boolean)
  const asked = input.envFiles?.length ? input.envFiles : named
  if (asked.length > 0) return asked.map((file) => resolvePath(cwd, file))
  const disabled = /^(?:1|true|yes|on)$/i.test(environment['COMPOSE_DISABLE_ENV_FILE'] ?? '')
  const byConvention = resolvePath(directory, '.env')
  return !disabled && exists(byConvention) ? [byConvention] : []
}
