import { realpath } from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { isFile, isRunnable, namesIn } from '../entries.ts'
import { run, tail, type Finished } from '../run.ts'

/** One way to start npm: a program, the arguments before npm's own, and the PATH that it needs. */
export interface NpmProgram {
  readonly program: string
  readonly args: readonly string[]
  readonly path: string
}

/** What npm says of its own failure, as `--json` gives it. `code` is an errno name (ENOSPC, ENOTFOUND) or npm's own (E404, ETARGET). */
export interface NpmFailure {
  readonly code: string
  readonly summary: string
  /** The end of what it printed to stderr. */
  readonly stderr: string
}

export type NpmResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: NpmFailure }

interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly onLine?: ((line: string) => void) | undefined
}

/** Two more tries soon after a failed request: npm's own pauses let a machine without network wait for 70 s to be told so. */
const patience = [
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=2000',
]

/** A registry that has not answered in this time is as good as absent; npm alone would wait for minutes. */
const viewTimeoutMs = 60_000

/**
 * The first way to run npm that works here. An npm of the machine need not work with our Node: Debian's finds its modules only with
 * Debian's own. Throws COMMAND_NOT_FOUND with what was tried.
 */
export async function findNpm(
  searchPath = process.env['PATH'] ?? '',
  execPath = process.execPath,
): Promise<NpmProgram> {
  const attempts: string[] = []
  for (const npm of await npmCandidates(searchPath, execPath)) {
    const attempt = [npm.program, ...npm.args].join(' ')
    const { exitCode, stderr } = await call(npm, ['--version'], {}).catch((error: unknown) => ({
      exitCode: 127,
      stderr: AppError.from(error).message,
    }))
    if (exitCode === 0) return npm
    attempts.push(`${attempt}: exit code ${exitCode}, ${tail(stderr)}`)
  }
  throw new AppError('COMMAND_NOT_FOUND', 'there is no npm here that works', {
    details: { attempts, path: searchPath },
    hint: 'Install npm (it comes with Node) and put it in PATH.',
  })
}

/** The ways to try, best first: npm of PATH with our Node, the npm that came with our Node, npm of PATH with the Node beside it, and `npm` as it is. */
export async function npmCandidates(searchPath: string, execPath: string): Promise<NpmProgram[]> {
  const ownNode = dirname(execPath)
  const path = [ownNode, searchPath].filter((part) => part !== '').join(delimiter)
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '')
  const found = await firstProgram(folders.map((folder) => join(folder, 'npm')))
  const script = found && (await realpath(found))
  const bundled = join(ownNode, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const candidates: NpmProgram[] = []
  if (script && basename(script) === 'npm-cli.js') {
    candidates.push({ program: execPath, args: [script], path })
  }
  if (await isFile(bundled)) {
    candidates.push({ program: execPath, args: [bundled], path })
  }
  const neighbour = found && (await firstProgram([join(dirname(found), 'node')]))
  if (script && neighbour) {
    candidates.push({ program: neighbour, args: [script], path: searchPath })
  }
  if (found) candidates.push({ program: found, args: [], path })
  return candidates
}

/** All versions of a package: those that the registry offers, or with `offline` those that npm's own cache remembers. */
export async function npmVersions(
  npm: NpmProgram,
  packageName: string,
  { offline = false, ...options }: CallOptions & { readonly offline?: boolean } = {},
): Promise<NpmResult<string[]>> {
  const source = offline ? '--offline' : '--prefer-online'
  const args = ['view', packageName, 'versions', '--json', source]
  const finished = await call(npm, args, { ...options, timeoutMs: viewTimeoutMs })
  if (finished.exitCode !== 0) return failed(finished)
  // A package with a single version is given as text instead of a list.
  const versions = parseJson(finished.stdout)
  const list: unknown[] = Array.isArray(versions) ? versions : [versions]
  return { ok: true, value: list.filter((version) => typeof version === 'string') }
}

/** One package as npm fetched it. */
export interface PackedPackage {
  /** The .tgz. */
  readonly archive: string
  /** All its files together, as npm counted them in the archive. */
  readonly unpackedBytes: number
}

/**
 * Fetches one package as an archive into `directory`, its integrity checked by npm; without the network from npm's own cache, when
 * that has it. Not `npm install`: when the disk fills up
 * while that unpacks, it warns, leaves cut-off files behind and exits with 0 (seen with npm 9.2 and 11.19).
 */
export async function npmPack(
  npm: NpmProgram,
  {
    directory,
    spec,
    ...options
  }: CallOptions & { readonly directory: string; readonly spec: string },
): Promise<NpmResult<PackedPackage>> {
  // Somebody's dry run in the environment would say that all went well.
  const args = [
    'pack',
    spec,
    '--pack-destination',
    directory,
    '--json',
    '--ignore-scripts',
    '--dry-run=false',
  ]
  const where = { ...options, cwd: directory }
  let finished = await call(npm, args, where)
  if (finished.exitCode !== 0) {
    const failure = parseNpmFailure(finished)
    if (isFull(failure)) return { ok: false, failure }
    finished = await call(npm, [...args, '--offline'], where)
    // What the network said is the reason; that it is not in the cache either goes without saying.
    if (finished.exitCode !== 0) return { ok: false, failure }
  }
  const output = parseJson(finished.stdout)
  const unpackedBytes = fieldOf(Array.isArray(output) ? output[0] : output, 'unpackedSize')
  // Its answer names the file too; what is on the disk is what counts.
  const archive = (await namesIn(directory)).find((name) => name.endsWith('.tgz'))
  if (archive === undefined || typeof unpackedBytes !== 'number') return failed(finished)
  return { ok: true, value: { archive: join(directory, archive), unpackedBytes } }
}

/** Whether npm failed because there was no room, here or in its cache. */
export function isFull({ code }: NpmFailure): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** Reads the `error` object of npm's `--json` output; npm may print other lines around it. */
export function parseNpmFailure({ stdout, stderr, exitCode }: Finished): NpmFailure {
  const output = parseJson(stdout.slice(Math.max(0, stdout.indexOf('{'))))
  const error = fieldOf(output, 'error')
  const code = fieldOf(error, 'code')
  const summary = fieldOf(error, 'summary')
  return {
    code: typeof code === 'string' ? code : `EXIT_${exitCode}`,
    summary: typeof summary === 'string' ? summary : `npm ended with exit code ${exitCode}`,
    stderr: tail(stderr),
  }
}

function failed(finished: Finished): { readonly ok: false; readonly failure: NpmFailure } {
  return { ok: false, failure: parseNpmFailure(finished) }
}

function call(
  npm: NpmProgram,
  args: readonly string[],
  options: CallOptions & { readonly cwd?: string; readonly timeoutMs?: number },
): Promise<Finished> {
  const env = { PATH: npm.path, npm_config_update_notifier: 'false', NO_COLOR: '1' }
  return run(npm.program, [...npm.args, ...args, ...patience], { ...options, env })
}

async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await isRunnable(path)) return path
  }
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: an npm that broke down before it could say why; its stderr is reported.
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}
