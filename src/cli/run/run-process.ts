import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AppError } from '../../errors/app-error.ts'

interface Run {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly directory: string
}

/** Those that a terminal sends to the whole process group, so that the child has them already. */
const fromTheTerminal = ['SIGINT', 'SIGQUIT'] as const
/** Those that somebody sends to us and means the command. */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const

/**
 * Runs a command in our place: our stdin, stdout and stderr, signals passed on, its exit status given back
 * (128 + number when a signal ended it, as shells do). Throws COMMAND_NOT_FOUND when it cannot be started.
 */
export function runProcess({ command, args, env, directory }: Run): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env, cwd: directory })
    const release = passSignals(child)
    child.once('error', (cause: NodeJS.ErrnoException) => {
      release()
      reject(notStarted(command, cause))
    })
    child.once('exit', (code, signal) => {
      release()
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

function passSignals(child: ChildProcess): () => void {
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  const passUnlessTerminal = (signal: NodeJS.Signals): void => {
    if (!process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of passedOn) process.on(signal, pass)
  for (const signal of fromTheTerminal) process.on(signal, passUnlessTerminal)
  return () => {
    for (const signal of passedOn) process.off(signal, pass)
    for (const signal of fromTheTerminal) process.off(signal, passUnlessTerminal)
  }
}

function notStarted(command: string, cause: NodeJS.ErrnoException): AppError {
  const why = cause.code === 'ENOENT' ? 'there is no such command' : cause.message
  return new AppError('COMMAND_NOT_FOUND', `cannot run ${command}: ${why}`, { cause })
}
