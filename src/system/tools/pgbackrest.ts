import { delimiter, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../account.ts'
import { type CommandLine, inBackground } from '../background.ts'
import { isRunnable } from '../entries.ts'
import { type Finished, run } from '../run.ts'

/** A pgBackRest of this machine. */
export interface PgbackrestProgram {
  readonly path: string
  /** What it says of itself: `pgBackRest 2.45`. */
  readonly version: string
}

export interface PgbackrestCall {
  readonly program: string
  /** Absolute. */
  readonly configFile: string
  /** Unset for commands that concern a whole repository. */
  readonly stanza?: string | undefined
  /** The command and its options; never a key, which other accounts could see. */
  readonly args: readonly string[]
  /** Who runs it: the owner of the data and of the configuration. */
  readonly account: Account | undefined
  /** Then DEADLINE_EXCEEDED: a repository may hang in a way that pgBackRest waits for. */
  readonly timeoutMs: number
  readonly input?: string | Buffer | undefined
  /** Gets its standard output, as it is: what is no text. */
  readonly outputFile?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onLine?: ((line: string) => void) | undefined
  /** It may only use what others leave of processor and disk. */
  readonly background?: boolean | undefined
}

/** Long enough to end its workers and to let go of its locks. */
const KILL_DELAY_MS = 10_000
const VERSION_TIMEOUT_MS = 10_000

/** The first pgBackRest in the PATH that can say its version; undefined when there is none. */
export async function findPgbackrest(
  path = process.env['PATH'] ?? '',
): Promise<PgbackrestProgram | undefined> {
  // Where distributions put it, for a daemon whose PATH is bare.
  for (const folder of [...path.split(delimiter), '/usr/bin', '/usr/local/bin']) {
    const program = join(folder, 'pgbackrest')
    if (!folder.startsWith('/') || !(await isRunnable(program))) continue
    try {
      const { exitCode, stdout } = await run(program, ['version'], {
        cwd: '/',
        env: withoutOptions(),
        timeoutMs: VERSION_TIMEOUT_MS,
      })
      if (exitCode === 0) return { path: program, version: stdout.trim() }
    } catch (error) {
      // One that cannot be started is as good as none.
      if (!(error instanceof AppError)) throw error
    }
  }
  return undefined
}

/**
 * Runs one command of pgBackRest to its end; a failure of its own is given back with its exit code. On abort and at the deadline it
 * gets SIGTERM, ends its backup on the server and gives its locks back. Nothing of our environment sets options.
 */
export async function pgbackrest(call: PgbackrestCall): Promise<Finished> {
  const stanza = call.stanza === undefined ? [] : [`--stanza=${call.stanza}`]
  const args = [`--config=${call.configFile}`, ...stanza, ...call.args]
  const command = intoFile({ program: call.program, args }, call.outputFile)
  const { program, args: words } = call.background ? inBackground(command) : command
  return run(program, words, {
    // The account may not be allowed into our own folder.
    cwd: '/',
    env: { ...withoutOptions(), LC_ALL: 'C' },
    account: call.account,
    timeoutMs: call.timeoutMs,
    killDelayMs: KILL_DELAY_MS,
    ...(call.input === undefined ? {} : { input: call.input }),
    ...(call.signal ? { signal: call.signal } : {}),
    ...(call.onLine ? { onLine: call.onLine } : {}),
  })
}

/** The same command with its output in a file that belongs to who runs it. */
function intoFile({ program, args }: CommandLine, file: string | undefined): CommandLine {
  if (file === undefined) return { program, args }
  const script = 'umask 077; out=$1; shift; exec "$@" > "$out"'
  return { program: '/bin/sh', args: ['-c', script, 'sh', file, program, ...args] }
}

/** Its options may come from PGBACKREST_…, and libpq's from PG…: neither is for this call. */
function withoutOptions(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('PG'))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}
