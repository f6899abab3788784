import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AppError } from '../errors/app-error.ts'
import { onIdleDisk } from './background.ts'
import { stepBackSoon } from './step-back.ts'
import type { Asker, Workplace } from './thread.ts'

/** How much of the last words of a process that died is told. */
const tailLength = 2000

/**
 * Starts a process that does the work of a module with this input, and ends when we do. A session of its own, so that it can step back behind
 * all others; a terminal's Ctrl-C does not reach it either.
 */
export function startWorkProcess(module: string, input: unknown): Workplace {
  const command = onIdleDisk({ program: process.execPath, args: [fileURLToPath(module), module] })
  const child = spawn(command.program, command.args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-tailLength)
  })
  const send = (message: unknown): void => {
    // Undelivered to one that has ended, which is told by its end.
    if (child.connected) child.send(message as object, () => {})
  }
  send({ input })
  return {
    send,
    onMessage: (take) => void child.on('message', take),
    onEnd: (take) => {
      child.on('error', take)
      child.on('close', (code, signal) => {
        const message = `a process for work in the background ended with ${code ?? signal}`
        take(new AppError('INTERNAL', message, { details: { stderr: lastWords } }))
      })
    },
    end: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** In a process that was started for this module's work: has it done. */
export function workOfThisProcess(
  module: string,
  run: (input: unknown, asker: Asker) => void,
): void {
  if (process.argv[2] !== module || !process.send) return
  const stop = new AbortController()
  // Whom it was for is gone, in order or not.
  process.once('disconnect', () => process.exit())
  process.on('message', (message) => {
    if (message === 'abort') stop.abort()
    else run((message as { input: unknown }).input, asker)
  })
  const asker: Asker = {
    send: (message) => process.send?.(message),
    onAbort: (take) => {
      // Before the work has begun, perhaps.
      if (stop.signal.aborted) take()
      else stop.signal.addEventListener('abort', take)
    },
  }
  stepBackSoon()
}
