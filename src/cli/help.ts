import { type Argument, type Command, type Flag, longName } from './command.ts'
import { wrap } from './output/wrap.ts'
import { flagsOf } from './parse.ts'
import { composeFlags, everywhereFlags } from './shared-flags.ts'

/** `howdah config set [NAME[=VALUE]…]`: the command line in one line. */
export function usageLine(declared: Command): string {
  const flags = Object.keys(declared.flags).length > 0 ? ' [FLAGS]' : ''
  const args = declared.args.map((argument) => ` ${placeholder(argument)}`).join('')
  return `howdah ${declared.name.join(' ')}${flags}${args}`
}

/** The help of one command: usage, summary, arguments, flags, examples; with a width, all but what may be copied breaks. */
export function commandHelp(declared: Command, width?: number): string {
  const all = Object.entries(flagsOf(declared))
  const shared = new Set([...Object.keys(composeFlags), ...Object.keys(everywhereFlags)])
  const own = all.filter(([key]) => Object.hasOwn(declared.flags, key))
  const common = all.filter(([key]) => shared.has(key) && !Object.hasOwn(declared.flags, key))
  return [
    `Usage: ${usageLine(declared)}`,
    sentence(declared.summary),
    ...(declared.description ? [paragraphs(declared.description, width)] : []),
    ...section(
      'Arguments',
      declared.args.map((a) => [placeholder(a), a.summary]),
      width,
    ),
    ...section('Flags', own.map(flagLine), width),
    ...section('Common flags', common.map(flagLine), width),
    `Examples:\n${declared.examples.map((example) => `  ${example}`).join('\n')}`,
  ].join('\n\n')
}

/** The list of commands, for `howdah --help` and for a group such as `howdah config`. */
export function listHelp(
  entries: readonly { readonly name: string; readonly summary: string }[],
  {
    group,
    width,
  }: { readonly group?: string | undefined; readonly width?: number | undefined } = {},
): string {
  const shown = group ? entries.filter(({ name }) => name.startsWith(`${group} `)) : entries
  const usage = group ? `howdah ${group} COMMAND` : 'howdah [-f FILE] [-p PROJECT] COMMAND'
  return [
    `Usage: ${usage}`,
    ...(group ? [] : ['A managed Postgres that runs where you are, from your compose.yaml.']),
    ...section(
      'Commands',
      shown.map(({ name, summary }) => [name, summary]),
      width,
    ),
    `Help for one: howdah ${group ? `${group} ` : ''}COMMAND --help`,
  ].join('\n\n')
}

export function placeholder({ name, kind }: Argument): string {
  const word = name.toUpperCase()
  return { required: word, optional: `[${word}]`, any: `[${word}…]`, some: `${word}…` }[kind]
}

/** A flag's words and its meaning: `['-y, --yes', 'Do not ask']`. */
export function flagLine([key, flag]: readonly [string, Flag]): [string, string] {
  const letter = flag.short ? `-${flag.short}, ` : ''
  const long = flag.type === 'toggle' ? `--[no-]${longName(key)}` : `--${longName(key)}`
  const valued = flag.type === 'string' || flag.type === 'integer' || flag.type === 'list'
  const value = valued ? ` ${flag.choices?.join('|') ?? flag.value ?? 'VALUE'}` : ''
  return [`${letter}${long}${value}`, flag.summary]
}

export const sentence = (fragment: string): string =>
  `${fragment.charAt(0).toUpperCase()}${fragment.slice(1)}.`

/** Each line of it is a paragraph, or an item of a list. */
const paragraphs = (text: string, width: number | undefined): string =>
  text
    .split('\n')
    .map((line) => wrap(line, width, line.startsWith('- ') ? 2 : 0))
    .join('\n')

function section(
  title: string,
  lines: readonly (readonly [string, string])[],
  width: number | undefined,
): string[] {
  if (lines.length === 0) return []
  const column = Math.min(32, Math.max(...lines.map(([left]) => left.length)))
  const rows = lines.map(([left, right]) =>
    left.length > column
      ? `  ${left}\n${wrap(`  ${' '.repeat(column)}  ${right}`, width, column + 4)}`
      : wrap(`  ${left.padEnd(column)}  ${right}`, width, column + 4),
  )
  return [`${title}:\n${rows.join('\n')}`]
}
