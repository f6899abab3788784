import type { Context } from './context.ts'

/** How many values an argument takes: one, at most one, any number, at least one. */
export type ArgumentKind = 'required' | 'optional' | 'any' | 'some'

export interface Argument {
  /** Lower-case; also the key of the parsed value. Help shows it in capitals. */
  readonly name: string
  readonly kind: ArgumentKind
  readonly summary: string
}

/**
 * A flag; its key in camelCase becomes `--kebab-case`. `boolean` is false unless given; `toggle` also takes
 * `--no-…` and is undefined when neither was given; `list` may be repeated.
 */
export interface Flag {
  readonly type: 'boolean' | 'toggle' | 'string' | 'integer' | 'list'
  readonly summary: string
  /** One letter, without the dash. */
  readonly short?: string
  /** The placeholder in help, for flags with a value. */
  readonly value?: string
  /** The only words that a `string` takes. */
  readonly choices?: readonly string[]
}

type ArgumentValue<K extends ArgumentKind> = K extends 'required'
  ? string
  : K extends 'optional'
    ? string | undefined
    : readonly string[]

type FlagValue<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F['type'] extends 'toggle'
    ? boolean | undefined
    : F['type'] extends 'integer'
      ? number | undefined
      : F['type'] extends 'list'
        ? readonly string[]
        : F extends { readonly choices: readonly (infer C)[] }
          ? C | undefined
          : string | undefined

export type ArgumentValues<A extends readonly Argument[]> = {
  readonly [E in A[number] as E['name']]: ArgumentValue<E['kind']>
}
export type FlagValues<F extends Readonly<Record<string, Flag>>> = {
  readonly [K in keyof F]: FlagValue<F[K]>
}

interface Declaration<A extends readonly Argument[], F extends Readonly<Record<string, Flag>>> {
  /** The words that a person types: `['config', 'set']`. */
  readonly name: readonly string[]
  /** One sentence fragment, as it stands in the list of commands. */
  readonly summary: string
  /** More than the summary, for help and docs: plain paragraphs. */
  readonly description?: string
  readonly args: A
  readonly flags: F
  /** Full command lines, each starting with `howdah`. */
  readonly examples: readonly string[]
  /**
   * `compose`: takes -f, -p, --env-file, --profile, --project-directory. `none`: concerns no project. A flag of the
   * command's own wins over a shared one of the same name or letter.
   */
  readonly scope: 'compose' | 'none'
  /** Flags after the first argument belong to the last argument, as in `run SERVICE CMD --its-flag`. */
  readonly passThrough?: boolean
  /** Does the work; a number is the exit status, nothing is 0. Failures are thrown as AppError. */
  readonly run: (
    ctx: Context,
    given: { readonly args: ArgumentValues<A>; readonly flags: FlagValues<F> },
  ) => Promise<number | void>
}

/** A declared command whose argument types are known only inside it. */
export type Command = Declaration<readonly Argument[], Readonly<Record<string, Flag>>>

/** Declares a command; `run` sees its arguments and flags with the types that the declaration implies. */
export function command<
  const A extends readonly Argument[],
  const F extends Readonly<Record<string, Flag>>,
>(declaration: Declaration<A, F>): Command {
  // Only parseCommandLine calls `run`, with values made from this very declaration.
  return declaration as unknown as Command
}

/** `allowMissingExtensions` → `allow-missing-extensions`. */
export const longName = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
