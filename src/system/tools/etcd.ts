import { delimiter, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../account.ts'
import { isRunnable } from '../entries.ts'
import { launchDetached } from '../launch.ts'
import type { ProcessIdentity } from '../processes.ts'
import { run } from '../run.ts'

/** An etcd of this machine. */
export interface EtcdProgram {
  readonly path: string
  /** What it says of itself: `etcd Version: 3.5.16`. */
  readonly version: string
}

export interface EtcdStart {
  readonly program: string
  /** Absolute; what it holds is all that counts, and nothing of the environment. */
  readonly configFile: string
  readonly logFile: string
  /** Who owns its data. */
  readonly account: Account | undefined
}

const VERSION_TIMEOUT_MS = 10_000

/** The first etcd in the PATH that can say its version; undefined when there is none. */
export async function findEtcd(path = process.env['PATH'] ?? ''): Promise<EtcdProgram | undefined> {
  // Where distributions put it, for a daemon whose PATH is bare.
  for (const folder of [...path.split(delimiter), '/usr/bin', '/usr/local/bin']) {
    const program = join(folder, 'etcd')
    if (!folder.startsWith('/') || !(await isRunnable(program))) continue
    try {
      const options = { cwd: '/', env: forThisProcessor, timeoutMs: VERSION_TIMEOUT_MS }
      const { exitCode, stdout } = await run(program, ['--version'], options)
      if (exitCode === 0) return { path: program, version: stdout.split('\n')[0]?.trim() ?? '' }
    } catch (error) {
      // One that cannot be started is as good as none.
      if (!(error instanceof AppError)) throw error
    }
  }
  return undefined
}

/** Starts a member that outlives us. It does not wait until the member has found the others. Throws SERVER_START_FAILED. */
export function startEtcd({
  program,
  configFile,
  logFile,
  account,
}: EtcdStart): Promise<ProcessIdentity> {
  const args = ['--config-file', configFile]
  return launchDetached({ program, args, cwd: '/', env: forThisProcessor, logFile, account })
}

/** 3.4 runs on ARM, and wants to hear that we know that it was not tested there. */
const forThisProcessor: Readonly<Record<string, string>> =
  process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {}
