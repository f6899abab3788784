import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnvFile } from '../compose/dotenv.ts'
import { findComposeFiles, findEnvFiles, type FoundFiles } from '../compose/find.ts'
import { Findings } from '../compose/findings.ts'
import { readProject } from '../compose/read.ts'
import { withoutConfig } from '../compose/template.ts'
import type { ProjectSpec } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { namesIn, textOf } from './compose-disk.ts'
import type { ComposeOptions } from './shared-flags.ts'

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute folder that the command runs in. */
  readonly directory: string
  readonly compose: ComposeOptions
}

/**
 * Reads the project of a folder: chooses compose and env files as Docker Compose does and hands their text to the pure
 * reader. Throws COMPOSE_NOT_FOUND, or COMPOSE_INVALID with every problem.
 */
export function readProjectHere(place: Place): ProjectSpec {
  const { compose } = place
  const found = chooseFiles(place)
  const envFiles = findEnvFiles({
    cwd: place.directory,
    environment: place.env,
    exists: isFile,
    envFiles: compose.envFile,
    directory: found.directory,
  })
  const spec = readProject({
    files: found.files.map((path) => ({ path, text: demandText(path, 'compose file') })),
    directory: found.directory,
    environment: withoutUndefined(place.env),
    envFiles: envFiles.map((path) => ({ path, text: demandText(path, 'env file') })),
    profiles: compose.profile,
    ...(compose.projectName ? { projectName: compose.projectName } : {}),
    readFile: textOf,
    listDirectory: namesIn,
  })
  const unread = found.passedOver.map((path) => ({
    message: `${path} is not read; ${found.files[0]} comes first`,
  }))
  return { ...spec, notes: [...spec.notes, ...unread] }
}

function chooseFiles({ env, directory, compose }: Place): FoundFiles {
  const found = findComposeFiles({
    cwd: directory,
    environment: { ...fromDotEnv(env, directory, compose), ...withoutUndefined(env) },
    exists: isFile,
    files: compose.file,
    ...(compose.projectDirectory ? { directory: compose.projectDirectory } : {}),
  })
  if (found) return found
  throw new AppError('COMPOSE_NOT_FOUND', `there is no compose.yaml in ${directory} or above it`)
}

/** Compose also takes COMPOSE_FILE from the `.env` of the folder that it starts in. */
function fromDotEnv(
  env: Place['env'],
  directory: string,
  compose: ComposeOptions,
): Record<string, string> {
  if (compose.file.length > 0 || env['COMPOSE_FILE']) return {}
  const path = resolve(directory, compose.projectDirectory ?? '.', '.env')
  const text = textOf(path)
  if (text === undefined) return {}
  // What is wrong in the file is reported when the project is read, with all else.
  const entries = parseEnvFile({ text, shownAs: path }, (name) => env[name], new Findings())
  const wanted = ['COMPOSE_FILE', 'COMPOSE_PATH_SEPARATOR']
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const value = entries.get(name)?.value
      return value ? [[name, withoutConfig(value)]] : []
    }),
  )
}

function demandText(path: string, what: string): string {
  const text = textOf(path)
  if (text !== undefined) return text
  throw new AppError('COMPOSE_NOT_FOUND', `there is no ${what} ${path}`)
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

const withoutUndefined = (env: Place['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
