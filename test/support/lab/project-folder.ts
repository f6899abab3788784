import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { CommandResult, Lab } from '../lab-home.ts'

export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** A folder with a compose file in a lab, and the command line in it as a person would use it. */
export interface ProjectFolder {
  readonly directory: string
  /** Writes files by their path in the folder. */
  write(files: Readonly<Record<string, string | Buffer>>): void
  /** Runs a command that must succeed. */
  howdah(...args: string[]): Promise<CommandResult>
  /** Runs a command that must succeed, and gives what `--json` makes it print. */
  json<T>(...args: string[]): Promise<T>
  /** Runs a command that must fail, and gives the error that `--json` makes it print. */
  failure(...args: string[]): Promise<Failure>
}

/** `options` are put before each command: `-f`, `-p`. */
export function projectFolder(
  lab: Lab,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
  options: readonly string[] = [],
): ProjectFolder {
  const directory = join(lab.root, name)
  const run = (args: readonly string[]) => lab.howdah([...options, ...args], { cwd: directory })
  const howdah = async (...args: string[]): Promise<CommandResult> => {
    const result = await run(args)
    if (result.status === 0) return result
    throw new Error(`howdah ${args.join(' ')} ended with ${textOf(result)}`)
  }
  const folder: ProjectFolder = {
    directory,
    write(more) {
      for (const [path, content] of Object.entries({ ...more })) {
        mkdirSync(dirname(join(directory, path)), { recursive: true })
        writeFileSync(join(directory, path), content)
      }
    },
    howdah,
    async json<T>(...args: string[]) {
      return JSON.parse((await howdah('--json', ...args)).stdout) as T
    },
    async failure(...args) {
      const result = await run(['--json', ...args])
      if (result.status === 0) throw new Error(`howdah ${args.join(' ')} went well`)
      const { error } = JSON.parse(result.stdout) as { error: Omit<Failure, 'status'> }
      return { status: result.status, ...error }
    },
  }
  mkdirSync(directory, { recursive: true })
  folder.write(files)
  return folder
}

const textOf = ({ status, stdout, stderr }: CommandResult): string =>
  `${status}:\n${stdout}\n${stderr}`

/** Whether a program is in PATH. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false // not in this folder; the next may have it
    }
  })
}
