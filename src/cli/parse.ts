import { Command as Parser, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../errors/app-error.ts'
import { type Argument, type Command, type Flag, longName } from './command.ts'
import { nearest } from './nearest.ts'
import { composeFlags, type ComposeOptions, everywhereFlags } from './shared-flags.ts'

export interface CommandLine {
  readonly help: boolean
  readonly json: boolean
  /** Which daemon. */
  readonly context: string | undefined
  readonly compose: ComposeOptions
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly flags: Readonly<Record<string, unknown>>
}

type Flags = Readonly<Record<string, Flag>>

/**
 * Reads what follows a command's name. `leading` holds shared flags that stood before the name
 * (`howdah -p shop ps`). Throws USAGE for anything that the declaration does not allow.
 */
export function parseCommandLine(
  declared: Command,
  leading: readonly string[],
  words: readonly string[],
): CommandLine {
  const before = readFlags(declared, leadingFlags, leading, false).values
  const flags = flagsOf(declared)
  const { values, operands } = readFlags(declared, flags, words, declared.passThrough === true)
  const help = values['help'] === true || before['help'] === true
  return {
    help,
    json: values['json'] === true || before['json'] === true,
    context: (values['context'] ?? before['context']) as string | undefined,
    compose: composeOptions(declared, before, values),
    args: help ? {} : readArguments(declared, operands),
    flags: Object.fromEntries(Object.keys(declared.flags).map((key) => [key, values[key]])),
  }
}

/** The flags that may stand before a command's name. */
export const leadingFlags: Flags = { ...composeFlags, ...everywhereFlags }

/** All flags of a command, its own first; a shared flag loses its letter, or its place, to the command's own. */
export function flagsOf(declared: Command): Flags {
  const shared: Flags =
    declared.scope === 'compose' ? { ...composeFlags, ...everywhereFlags } : everywhereFlags
  const letters = new Set(Object.values(declared.flags).map((flag) => flag.short))
  const rest = Object.entries(shared)
    .filter(([key]) => !Object.hasOwn(declared.flags, key))
    .map(([key, { short, ...flag }]): [string, Flag] => [
      key,
      short === undefined || letters.has(short) ? flag : { ...flag, short },
    ])
  return { ...declared.flags, ...Object.fromEntries(rest) }
}

function composeOptions(
  declared: Command,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ComposeOptions {
  const merged = Object.entries(composeFlags).map(([key, flag]) => {
    const own = Object.hasOwn(declared.flags, key) ? undefined : after[key]
    if (flag.type !== 'list') return [key, own ?? before[key]]
    return [key, [...((before[key] as string[]) ?? []), ...((own as string[] | undefined) ?? [])]]
  })
  return Object.fromEntries(merged) as ComposeOptions
}

function readFlags(
  declared: Command,
  flags: Flags,
  words: readonly string[],
  passThrough: boolean,
): { values: Record<string, unknown>; operands: string[] } {
  const parser = new Parser(declared.name.join(' '))
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    .passThroughOptions(passThrough)
  for (const [key, flag] of Object.entries(flags)) addFlag(parser, key, flag)
  const { operands, unknown } = translated(declared, () => parser.parseOptions([...words]))
  const [stranger] = unknown
  if (stranger !== undefined) throw unknownFlag(declared, flags, stranger)
  return { values: parser.opts(), operands }
}

function addFlag(parser: Parser, key: string, flag: Flag): void {
  const letter = flag.short ? `-${flag.short}, ` : ''
  const long = longName(key)
  const value = flag.value ?? 'VALUE'
  switch (flag.type) {
    case 'boolean':
      parser.addOption(new Option(`${letter}--${long}`).default(false))
      return
    case 'toggle':
      parser.addOption(new Option(`${letter}--${long}`))
      parser.addOption(new Option(`--no-${long}`))
      return
    case 'list':
      parser.addOption(
        new Option(`${letter}--${long} <${value}>`)
          .default([])
          .argParser((word: string, list: string[]) => [...list, word]),
      )
      return
    case 'integer':
      parser.addOption(new Option(`${letter}--${long} <${value}>`).argParser(wholeNumber))
      return
    case 'string': {
      const option = new Option(`${letter}--${long} <${value}>`)
      parser.addOption(flag.choices ? option.choices(flag.choices) : option)
    }
  }
}

function wholeNumber(word: string): number {
  if (!/^\d+$/.test(word)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(word)
}

function readArguments(declared: Command, operands: readonly string[]): CommandLine['args'] {
  const left = [...operands]
  const entries = declared.args.map((argument) => [argument.name, take(declared, argument, left)])
  const [surplus] = left
  if (surplus !== undefined) {
    throw usage(declared, `howdah ${declared.name.join(' ')} does not take “${surplus}”`)
  }
  return Object.fromEntries(entries) as CommandLine['args']
}

function take(
  declared: Command,
  argument: Argument,
  left: string[],
): string | string[] | undefined {
  const missing = (): AppError =>
    usage(declared, `howdah ${declared.name.join(' ')} needs ${argument.name.toUpperCase()}`)
  if (argument.kind === 'any' || argument.kind === 'some') {
    const all = left.splice(0)
    if (declared.passThrough && all[0] === '--') all.shift()
    if (argument.kind === 'some' && all.length === 0) throw missing()
    return all
  }
  const one = left.shift()
  if (one === undefined && argument.kind === 'required') throw missing()
  return one
}

function translated<T>(declared: Command, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause
    throw usage(declared, cause.message.replace(/^error: /, ''), cause)
  }
}

function unknownFlag(declared: Command, flags: Flags, word: string): AppError {
  const name = word.split('=')[0] ?? word
  const known = Object.keys(flags).map((key) => `--${longName(key)}`)
  const meant = nearest(name, known)
  const guess = meant ? `; did you mean ${meant}?` : ''
  return usage(declared, `howdah ${declared.name.join(' ')} has no flag ${name}${guess}`)
}

function usage(declared: Command, message: string, cause?: unknown): AppError {
  return new AppError('USAGE', message, {
    cause,
    hint: `See \`howdah ${declared.name.join(' ')} --help\`; for example \`${declared.examples[0] ?? ''}\`.`,
  })
}
