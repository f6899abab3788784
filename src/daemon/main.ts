import type { OnBoundary } from '../operations/run-step.ts'
import { runAgent } from '../agent/agent.ts'
import { work } from '../operations/worker.ts'
import { procedures } from '../operations/procedures/all.ts'
import { acquireLock } from '../system/lock.ts'
import { ensureDirectory } from '../system/files.ts'
import { openDaemon } from './compose-daemon.ts'
import { homeLayout } from './home.ts'
import { pruneOperations } from './housekeeping.ts'
import { keepStateBackups } from './state-backups.ts'
import { createLog } from './log.ts'
import { listen } from './listen.ts'

export interface DaemonOptions {
  readonly home: string
  /** Called around every step of every operation; fault tests end the process here. */
  readonly onBoundary?: OnBoundary
}

const HOUSEKEEPING_MS = 60 * 60 * 1000

/**
 * The daemon of a home, from start to end: one API, one worker, one agent. It adopts what runs and ends by SIGTERM,
 * SIGINT or `stopDaemon`; the servers run on. Throws DAEMON_ALREADY_RUNNING when another one has the home.
 */
export async function runDaemon({ home, onBoundary }: DaemonOptions): Promise<void> {
  const paths = homeLayout(home)
  // Servers run under another account when we are root: it must pass through, and see nothing.
  await ensureDirectory(home, { mode: 0o711 })
  await ensureDirectory(paths.run, { mode: 0o711 })
  await ensureDirectory(paths.log, { mode: 0o700 })
  const lock = await acquireLock(paths.lock)
  const log = createLog()
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())
  try {
    const daemon = await openDaemon(home, log, () => stop.abort())
    const { store, services, agentEnvironment, events } = daemon
    const agent = runAgent(agentEnvironment, stop.signal)
    const worker = work(
      {
        store,
        procedures,
        dependencies: services,
        onError: (error) => log.error({ error }, 'worker'),
        ...(onBoundary ? { onBoundary } : {}),
      },
      stop.signal,
    )
    // Either ends only by the signal, or by a failure that ends the daemon.
    const servers = Promise.all([agent, worker]).catch((error: unknown) => {
      log.error({ error }, 'daemon ends')
      stop.abort()
      throw error
    })
    const server = await listen(home, daemon.app)
    log.info({ home, pid: process.pid, socket: server.socket }, 'daemon ready')
    const keepHouse = async (): Promise<void> => {
      await pruneOperations(store, services.documents)
      await events.prune()
      await daemon.rotateLogs()
    }
    const complain = (error: unknown): void => log.error({ error }, 'housekeeping')
    const housekeeping = setInterval(() => void keepHouse().catch(complain), HOUSEKEEPING_MS)
    const backups = keepStateBackups(store, paths.stateBackups, stop.signal, complain)
    await keepHouse().catch(complain)
    await daemon.warmUp().catch(complain)
    await servers
    clearInterval(housekeeping)
    await backups
    await server.close()
    await store.close()
    log.info({}, 'daemon ended')
  } finally {
    await lock.release()
  }
}
