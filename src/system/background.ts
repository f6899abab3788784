import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface CommandLine {
  readonly program: string
  readonly args: readonly string[]
}

/**
 * The same command for a process, and all that it starts, to use only what others leave of processor and disk. Each of
 * these programs becomes the next (exec), so the pid is the command's own; one that this machine lacks is left out.
 */
export function inBackground(command: CommandLine): CommandLine {
  return within([['nice', '-n', '19'], idleDisk], command)
}

/** The same for the disk alone. */
export function onIdleDisk(command: CommandLine): CommandLine {
  return within([idleDisk], command)
}

/** The idle class; -t: run also where the kernel refuses it, as in a container. */
const idleDisk = ['ionice', '-t', '-c', '3']

function within(programs: readonly (readonly string[])[], command: CommandLine): CommandLine {
  const wrappers = programs.filter(([name]) => isInPath(name ?? ''))
  const [program = '', ...args] = [...wrappers.flat(), command.program, ...command.args]
  return { program, args }
}

function isInPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder || '.', name), constants.X_OK)
      return true
    } catch {
      return false // not there or not for us, which is the question
    }
  })
}
