import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** Where the scripts are that run outside a host, and those that are copied into one. */
export const machineScripts = new URL('machine/', import.meta.url).pathname

/** Starts a program that outlives us; what it says goes to a file. */
export function startKeeper(
  logFile: string,
  command: string,
  args: readonly string[],
): ChildProcess {
  const log = openSync(logFile, 'a', 0o644)
  try {
    const child = spawn(command, args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

/** The end of a keeper's log, for the error that says it failed. */
export function logTail(file: string, lines = 20): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}
