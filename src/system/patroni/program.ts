import { delimiter, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { isRunnable } from '../entries.ts'
import { run } from '../run.ts'

/** A Patroni of this machine. */
export interface PatroniProgram {
  readonly path: string
  /** What it says of itself: `patroni 3.0.2`. */
  readonly version: string
}

const VERSION_TIMEOUT_MS = 20_000

/** The first Patroni in the PATH that can say its version; undefined when there is none. */
export async function findPatroni(
  path = process.env['PATH'] ?? '',
): Promise<PatroniProgram | undefined> {
  // Where distributions put it, for a daemon whose PATH is bare.
  for (const folder of new Set([...path.split(delimiter), '/usr/bin', '/usr/local/bin'])) {
    const program = join(folder, 'patroni')
    if (!folder.startsWith('/') || !(await isRunnable(program))) continue
    try {
      const options = { cwd: '/', timeoutMs: VERSION_TIMEOUT_MS }
      const { exitCode, stdout } = await run(program, ['--version'], options)
      if (exitCode === 0) return { path: program, version: stdout.trim() }
    } catch (error) {
      // One that cannot be started is as good as none.
      if (!(error instanceof AppError)) throw error
    }
  }
  return undefined
}
