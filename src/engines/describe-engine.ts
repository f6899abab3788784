import { join, resolve } from 'node:path'
import type { Engine } from '../contract/engine.ts'
import { AppError } from '../errors/app-error.ts'
import type { Account } from '../system/account.ts'
import { closedFolder } from '../system/closed-folder.ts'
import { namesIn, programsIn } from '../system/entries.ts'
import { run, tail } from '../system/run.ts'
import { featuresOfConfigure, featuresOfLibraries, featuresOfModules } from './build-features.ts'
import { worksInNpmEngine } from './npm-limits.ts'
import { isSupportedMajor } from './supported-majors.ts'

/** An engine, and the folders whose change means that it can do something else. */
export interface Described {
  readonly engine: Engine
  readonly extensionDirectory: string
  /** Of the libraries that a server loads; undefined where it was not found. */
  readonly libraryDirectory: string | undefined
}

interface Place {
  readonly kind: Engine['kind']
  readonly binDirectory: string
  /** Who will run it: it is tried as that account. */
  readonly account?: Account | undefined
}

/** To say its version a program needs milliseconds; a disk that wakes up, seconds. */
const versionTimeoutMs = 30_000

/** Programs of Postgres; `/usr/bin` holds others beside them. */
const toolName =
  /^(?:pg_\w+|pgbench|psql|(?:create|drop)(?:db|user)|(?:cluster|reindex|vacuum)db|vacuumlo|oid2name|ecpg)$/

/**
 * Finds out what the engine in `binDirectory` is and can do, by running it. Throws ENGINE_BROKEN when its programs do not run or
 * disagree, and HOME_UNUSABLE when a folder on the way is closed to the account that is to run it.
 */
export async function describeEngine(place: Place): Promise<Described> {
  const { kind, binDirectory } = place
  const [version, initdbVersion] = await Promise.all([
    versionOf('postgres', place),
    versionOf('initdb', place),
  ])
  if (version !== initdbVersion) {
    throw broken(binDirectory, `postgres is version ${version}, initdb ${initdbVersion}`)
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (!isSupportedMajor(major)) {
    throw broken(binDirectory, `Postgres ${version} is not one that Howdah runs`)
  }
  const tools = (await programsIn(binDirectory)).filter((name) => toolName.test(name))
  const extensionDirectory = join(await shareDirectory(place, major, tools), 'extension')
  const extensions = await extensionsIn(extensionDirectory)
  const libraryDirectory = await findLibraryDirectory(place, major, tools)
  const features = await featuresOf(place, major, tools)
  return {
    engine: {
      id: `${kind}-${version}`,
      kind,
      major,
      minor,
      binDirectory,
      tools,
      extensions: kind === 'npm' ? extensions.filter(worksInNpmEngine) : extensions,
      features: [...features, ...featuresOfModules(await modulesIn(libraryDirectory))].toSorted(),
    },
    extensionDirectory,
    libraryDirectory,
  }
}

async function versionOf(program: string, { binDirectory, account }: Place): Promise<string> {
  const path = join(binDirectory, program)
  const options = { account, timeoutMs: versionTimeoutMs, cwd: '/' }
  const { exitCode, stdout, stderr } = await run(path, ['--version'], options).catch(
    async (error: unknown) => {
      throw await startError(error, path, account)
    },
  )
  if (exitCode !== 0) {
    throw broken(binDirectory, `${program} --version ended with ${exitCode}`, tail(stderr))
  }
  const version = parseVersion(stdout)
  if (version === undefined) {
    throw broken(binDirectory, `${program} --version says "${tail(stdout)}", which is no release`)
  }
  return version
}

/** `16.14` of `postgres (PostgreSQL) 16.14 (Debian 16.14-1)`; undefined for betas and builds from a branch. */
export function parseVersion(output: string): string | undefined {
  return /\(PostgreSQL\) (\d+\.\d+)(?![\w.])/.exec(output)?.[1]
}

async function startError(
  error: unknown,
  path: string,
  account: Account | undefined,
): Promise<AppError> {
  const failure = AppError.from(error)
  const closed =
    failure.details?.['errno'] === 'EACCES' ? await closedFolder(path, account) : undefined
  if (closed !== undefined && account) {
    return new AppError(
      'HOME_UNUSABLE',
      `the account ${account.name} cannot reach ${path}: ${closed} is closed to it`,
      {
        details: { path, closed, account: account.name },
        hint: `Let others pass with \`chmod o+x ${closed}\`, or set HOWDAH_HOME to a folder that they can reach.`,
        cause: error,
      },
    )
  }
  return new AppError('ENGINE_BROKEN', failure.message, { details: failure.details, cause: error })
}

function broken(binDirectory: string, reason: string, stderr?: string): AppError {
  return new AppError('ENGINE_BROKEN', `the Postgres in ${binDirectory} does not work: ${reason}`, {
    details: { binDirectory, ...(stderr ? { stderr } : {}) },
  })
}

async function shareDirectory(
  place: Place,
  major: number,
  tools: readonly string[],
): Promise<string> {
  const { binDirectory } = place
  const configured = await askPgConfig(place, tools, '--sharedir')
  if (configured?.startsWith('/')) return configured
  const candidates = [
    // Where the build's own layout is kept: npm, PGDG's RPMs, Homebrew, Alpine and Fedora, Debian.
    '../share/postgresql',
    '../share',
    `../share/postgresql@${major}`,
    `../../share/postgresql${major}`,
    '../share/pgsql',
    `../../../../share/postgresql/${major}`,
  ].map((path) => resolve(binDirectory, path))
  for (const candidate of candidates) {
    const controls = await extensionsIn(join(candidate, 'extension'))
    if (controls.includes('plpgsql')) return candidate
  }
  throw broken(binDirectory, `no folder with its extensions was found (${candidates.join(', ')})`)
}

async function findLibraryDirectory(
  place: Place,
  major: number,
  tools: readonly string[],
): Promise<string | undefined> {
  const configured = await askPgConfig(place, tools, '--pkglibdir')
  const usual = [
    // npm and Homebrew; Debian and RPMs of PGDG; Fedora; Alpine.
    '../lib/postgresql',
    '../lib',
    '../lib64/pgsql',
    `../../lib/postgresql${major}`,
  ]
  const candidates = [
    ...(configured?.startsWith('/') ? [configured] : []),
    ...usual.map((path) => resolve(place.binDirectory, path)),
  ]
  for (const candidate of candidates) {
    if ((await modulesIn(candidate)).includes('plpgsql')) return candidate
  }
  return undefined
}

/** Names of the libraries in a folder, without the platform's ending. */
async function modulesIn(directory: string | undefined): Promise<string[]> {
  const names = directory === undefined ? [] : await namesIn(directory)
  return names.map((name) => name.replace(/\.(?:so|dylib)$/, ''))
}

async function extensionsIn(directory: string): Promise<string[]> {
  const names = await namesIn(directory)
  // `name--1.2.control` only amends `name.control` for one version.
  const controls = names.filter((name) => name.endsWith('.control') && !name.includes('--'))
  return controls.map((name) => name.slice(0, -'.control'.length))
}

async function featuresOf(
  place: Place,
  major: number,
  tools: readonly string[],
): Promise<string[]> {
  const { kind, binDirectory } = place
  if (kind === 'npm') return featuresOfLibraries(await namesIn(resolve(binDirectory, '../lib')))
  const options = await askPgConfig(place, tools, '--configure')
  return options === undefined ? [] : featuresOfConfigure(options, major)
}

/** What pg_config says; undefined when there is none, or it fails. */
async function askPgConfig(
  { binDirectory, account }: Place,
  tools: readonly string[],
  option: string,
): Promise<string | undefined> {
  if (!tools.includes('pg_config')) return undefined
  const pgConfig = join(binDirectory, 'pg_config')
  const { exitCode, stdout } = await run(pgConfig, [option], { account, cwd: '/' })
  return exitCode === 0 ? stdout : undefined
}
