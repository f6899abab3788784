import { AppError } from '../errors/app-error.ts'
import type { Command } from './command.ts'
import { nearest } from './nearest.ts'
import { registry } from './registry.ts'

export interface CommandEntry {
  /** The command's own summary, repeated here so that a list of commands loads none of them; a test compares them. */
  readonly summary: string
  /** Other names for it. */
  readonly aliases?: readonly string[]
  readonly load: () => Promise<Command>
}

/** Every command by its full name, such as `config set`. */
export const commands: ReadonlyMap<string, CommandEntry> = new Map(Object.entries(registry))

/** The names with their summaries, in the order of the help. */
export const listCommands = (): { name: string; summary: string; aliases: readonly string[] }[] =>
  [...commands].map(([name, { summary, aliases = [] }]) => ({ name, summary, aliases }))

export type Found =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  /** Only the first word of longer names, such as `config`: its help is wanted. */
  | { readonly kind: 'group'; readonly name: string }

/** The command that words name, the longest name first. Unknown words are USAGE with the nearest name. */
export function findCommand(words: readonly string[]): Found {
  for (const length of [2, 1]) {
    const entry = byName(words.slice(0, length).join(' '))
    if (words.length >= length && entry)
      return { kind: 'command', entry, rest: words.slice(length) }
  }
  const [first = '', second] = words
  const group = [...allNames()].filter((name) => name.startsWith(`${first} `))
  if (group.length > 0 && (second === undefined || second.startsWith('-'))) {
    return { kind: 'group', name: first }
  }
  const typed = group.length > 0 ? `${first} ${second}` : first
  const meant = nearest(typed, group.length > 0 ? group : [...allNames()])
  const guess = meant ? `; did you mean \`howdah ${meant}\`?` : ''
  throw new AppError('USAGE', `there is no command \`howdah ${typed}\`${guess}`, {
    hint: `See all commands with \`howdah ${group.length > 0 ? `${first} ` : ''}--help\`.`,
  })
}

function byName(name: string): CommandEntry | undefined {
  const entry = commands.get(name)
  if (entry) return entry
  return [...commands.values()].find(({ aliases = [] }) => aliases.includes(name))
}

function* allNames(): Iterable<string> {
  for (const [name, { aliases = [] }] of commands) yield* [name, ...aliases]
}
