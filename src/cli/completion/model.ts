import { type Command, type Flag, longName } from '../command.ts'
import { leadingFlags, flagsOf } from '../parse.ts'

export interface CompletedFlag {
  /** `--format`, and `-F` where there is one. */
  readonly words: readonly string[]
  readonly summary: string
  /** What follows it: nothing, one of these words, a file, or something that we cannot guess. */
  readonly value: 'none' | 'file' | 'any' | readonly string[]
}

/** What may stand after some words of a command line. */
export interface CompletedPlace {
  /** `config set`; empty: after `howdah` itself. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly summary: string }[]
  readonly flags: readonly CompletedFlag[]
}

/** Every place of the command line: the top, each group such as `config`, and each command. */
export function completionPlaces(declared: readonly Command[]): CompletedPlace[] {
  const groups = new Set(declared.filter(({ name }) => name.length > 1).map(({ name }) => name[0]!))
  const top: CompletedPlace = {
    path: '',
    words: [
      ...declared
        .filter(({ name }) => name.length === 1)
        .map(({ name, summary }) => ({ word: name[0]!, summary })),
      ...[...groups].map((word) => ({ word, summary: `commands for ${word}` })),
      { word: 'help', summary: 'show help' },
    ],
    flags: flagsFrom(leadingFlags),
  }
  const inGroups = [...groups].map((group): CompletedPlace => ({
    path: group,
    words: declared
      .filter(({ name }) => name.length > 1 && name[0] === group)
      .map(({ name, summary }) => ({ word: name[1]!, summary })),
    flags: [],
  }))
  const commands = declared.map((one): CompletedPlace => ({
    path: one.name.join(' '),
    words: (shells[one.name.join(' ')] ?? []).map((word) => ({ word, summary: '' })),
    flags: flagsFrom(flagsOf(one)),
  }))
  return [top, ...inGroups, ...commands]
}

/** Commands whose argument is one of a few words. */
const shells: Readonly<Record<string, readonly string[]>> = { completion: ['bash', 'zsh', 'fish'] }

function flagsFrom(flags: Readonly<Record<string, Flag>>): CompletedFlag[] {
  return Object.entries(flags).flatMap(([key, flag]): CompletedFlag[] => {
    const long = `--${longName(key)}`
    const words = flag.short ? [long, `-${flag.short}`] : [long]
    const yes: CompletedFlag = { words, summary: flag.summary, value: valueOf(flag) }
    const no: CompletedFlag = {
      words: [`--no-${longName(key)}`],
      summary: flag.summary,
      value: 'none',
    }
    return flag.type === 'toggle' ? [yes, no] : [yes]
  })
}

function valueOf(flag: Flag): CompletedFlag['value'] {
  if (flag.type === 'boolean' || flag.type === 'toggle') return 'none'
  if (flag.choices) return flag.choices
  return flag.value === 'FILE' || flag.value === 'DIR' ? 'file' : 'any'
}
