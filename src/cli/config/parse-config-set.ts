import { ConfigName } from '../../contract/names.ts'
import { AppError } from '../../errors/app-error.ts'

/** Where the values of `config set` are to come from. */
export type ConfigSource =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'environment'; readonly names: readonly string[] }
  | { readonly kind: 'random'; readonly names: readonly string[] }
  /** No names: all of the file. */
  | { readonly kind: 'env-file'; readonly file: string; readonly names: readonly string[] }
  | { readonly kind: 'file'; readonly name: string; readonly file: string }
  | { readonly kind: 'stdin'; readonly name: string }
  /** Asked on a terminal, read from stdin elsewhere. */
  | { readonly kind: 'ask'; readonly name: string }

export interface ConfigSetFlags {
  readonly env: boolean
  readonly random: boolean
  readonly envFile: string | undefined
}

/** Reads the grammar of `config set`, which is Defang's. Pure. Throws USAGE. */
export function parseConfigSet(words: readonly string[], flags: ConfigSetFlags): ConfigSource {
  refuseConflicts(flags)
  if (flags.envFile !== undefined) {
    return { kind: 'env-file', file: flags.envFile, names: words.map(checkedName) }
  }
  const [first, second] = words
  if (first === undefined) {
    throw usage('provide a config NAME, or use --env-file to read from a file')
  }
  if (flags.env) return { kind: 'environment', names: words.map(checkedName) }
  if (flags.random) return { kind: 'random', names: words.map(checkedName) }
  if (first.includes('=')) return { kind: 'values', values: assignments(words) }
  const name = checkedName(first)
  if (second === undefined) return { kind: 'ask', name }
  const isAssignment = (word: string): boolean =>
    ConfigName.safeParse(word.slice(0, Math.max(0, word.indexOf('=')))).success
  if (words.some(isAssignment)) throw mixed()
  if (words.length > 2) {
    throw usage('too many arguments; give NAME=VALUE…, or one NAME with one FILE')
  }
  return second === '-' ? { kind: 'stdin', name } : { kind: 'file', name, file: second }
}

/** Gives the name back when Defang's rule allows it. Throws USAGE. */
export function checkedName(name: string): string {
  if (ConfigName.safeParse(name).success) return name
  throw usage(
    `invalid config name; must be alphanumeric or _, at most 64 characters, cannot start with a number: "${name}"`,
  )
}

function refuseConflicts({ env, random, envFile }: ConfigSetFlags): void {
  if (random && env) throw usage('cannot use --random with --env')
  if (random && envFile !== undefined) throw usage('cannot use --random with --env-file')
  if (env && envFile !== undefined) throw usage('cannot use --env with --env-file')
}

function assignments(words: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals === -1) throw mixed()
    const name = checkedName(word.slice(0, equals))
    if (Object.hasOwn(values, name)) throw usage(`config ${name} is given twice`)
    values[name] = word.slice(equals + 1)
  }
  return values
}

const mixed = (): AppError => usage('when setting multiple configs, all must be in NAME=VALUE form')

const usage = (message: string): AppError =>
  new AppError('USAGE', message, {
    hint: 'See `howdah config set --help`; for example `howdah config set POSTGRES_PASSWORD`.',
  })
