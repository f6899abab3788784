import { AppError } from '../errors/app-error.ts'
import { createContext, type Surroundings } from './context.ts'
import { showError } from './output/error.ts'
import { createTerminal } from './output/terminal.ts'
import { findCommand, listCommands } from './program.ts'
import { splitLeading } from './leading.ts'
import { version } from './version.ts'

/** Finds, parses and runs a command; every failure is shown once, here, and becomes its exit status. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, env } = surroundings
  const terminal = createTerminal(stdout, stderr, env)
  try {
    const { leading, rest } = splitLeading(words)
    if (rest[0] === '--version' || rest[0] === '-V') {
      terminal.print(version())
      return 0
    }
    if (rest.length === 0 || rest[0] === 'help') {
      return await showHelp(rest.slice(1), surroundings)
    }
    const found = findCommand(rest)
    if (found.kind === 'group') return await showHelp([found.name], surroundings)
    const [declared, { parseCommandLine }] = await Promise.all([
      found.entry.load(),
      import('./parse.ts'),
    ])
    const line = parseCommandLine(declared, leading, found.rest)
    if (line.help) return await showHelp(declared.name, surroundings)
    const given = { args: line.args, flags: line.flags } as Parameters<typeof declared.run>[1]
    return (await declared.run(createContext(surroundings, line), given)) ?? 0
  } catch (cause) {
    const error = AppError.from(cause)
    showError(error, terminal, wantsJson(words))
    if (error.code === 'INTERNAL' && env['HOWDAH_DEBUG'] && cause instanceof Error) {
      terminal.note(cause.stack ?? '')
    }
    return error.exit
  }
}

/** Longer lines are hard to read. */
const widest = 100

/** Help for a command, a group, or all; on stdout, for it is what was asked for. */
async function showHelp(name: readonly string[], { stdout }: Surroundings): Promise<number> {
  const width = stdout.isTTY ? Math.min(stdout.columns ?? widest, widest) : undefined
  const { commandHelp, listHelp } = await import('./help.ts')
  const found = name.length > 0 ? findCommand(name) : undefined
  const text =
    found?.kind === 'command'
      ? commandHelp(await found.entry.load(), width)
      : listHelp(listCommands(), { group: found?.name, width })
  stdout.write(`${text}\n`)
  return 0
}

/** Asked of the raw words, for a line that could not be parsed deserves the same form. */
const wantsJson = (words: readonly string[]): boolean => {
  const end = words.indexOf('--')
  return words.slice(0, end === -1 ? undefined : end).includes('--json')
}
