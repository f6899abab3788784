import { AppError } from '../../errors/app-error.ts'

/** What a script asks of psql itself and not of the server. */
export type MetaStep =
  | { readonly kind: 'connect'; readonly database: string; readonly line: number }
  | { readonly kind: 'echo'; readonly text: string; readonly line: number }
  | { readonly kind: 'quit'; readonly line: number }

/** Settings of psql that change nothing here: they are how we run anyway, or concern only what it prints. */
const idleVariables = new Set(['QUIET', 'ECHO', 'VERBOSITY', 'SHOW_CONTEXT', 'HISTFILE'])
const idleCommands = new Set(['restrict', 'unrestrict', 'timing', 'pset', 'x', 'a', 't'])

/**
 * Reads a backslash command (`\connect app`, without its newline). Gives undefined for one that changes nothing here,
 * such as the `\restrict` of pg_dump. Throws SQL_FAILED with `details.line` for one that only psql can do.
 */
export function readMetaCommand(command: string, line: number): MetaStep | undefined {
  const [, name = '', rest = ''] = /^\\(\S+)\s*([\s\S]*)$/.exec(command) ?? []
  const words = wordsOf(rest)
  switch (name) {
    case 'c':
    case 'connect':
      return { kind: 'connect', database: databaseOf(words, command, line), line }
    case 'echo':
    case 'qecho':
      return { kind: 'echo', text: words.join(' '), line }
    case 'q':
    case 'quit':
      return { kind: 'quit', line }
    case 'set':
      return set(words, command, line)
    case 'encoding':
      if (/^utf-?8$/i.test(words[0] ?? '')) return undefined
      throw refusedMetaCommand(command, line)
    default:
      if (idleCommands.has(name)) return undefined
      throw refusedMetaCommand(command, line)
  }
}

function set(words: readonly string[], command: string, line: number): undefined {
  const [name = '', value = 'on'] = words
  if (idleVariables.has(name)) return undefined
  if (name === 'ON_ERROR_STOP' && /^(on|1|true|yes)$/i.test(value)) return undefined
  throw refusedMetaCommand(command, line)
}

/** `\connect NAME`, or `\connect -reuse-previous=on "dbname='NAME'"` as pg_dump writes it for odd names. */
function databaseOf(words: readonly string[], command: string, line: number): string {
  const [target = '', ...others] = words.filter((word) => word !== '-reuse-previous=on')
  if (target === '' || others.some((word) => word !== '-')) throw refusedMetaCommand(command, line)
  if (!target.includes('=')) return target
  const quoted = /^dbname\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))$/.exec(target.trim())
  if (!quoted) throw refusedMetaCommand(command, line)
  return quoted[2] ?? (quoted[1] ?? '').replace(/\\(.)/g, '$1')
}

/** psql's words: blanks part them, quotes of either kind hold them together. */
function wordsOf(text: string): string[] {
  const words = text.trimEnd().matchAll(/'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\S+)/g)
  return [...words].map(
    ([, single, double, bare]) =>
      single?.replaceAll("''", "'") ?? double?.replaceAll('""', '"') ?? bare ?? '',
  )
}

/** The error for a backslash command that only psql can do. */
export function refusedMetaCommand(command: string, line: number): AppError {
  return new AppError('SQL_FAILED', `line ${line}: only psql knows \`${command.trim()}\``, {
    details: { line },
    hint: 'Take the line out of the script, or install psql (Debian: postgresql-client) and run it there.',
  })
}
