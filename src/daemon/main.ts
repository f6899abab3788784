import { setImmediate as turn } from 'node:timers/promises'
import { AppError } from '../errors/app-error.ts'
import type { OnBoundary } from '../operations/run-step.ts'
import { runAgent } from '../agent/agent.ts'
import { untilItWorks } from '../operations/until-it-works.ts'
import { work } from '../operations/worker.ts'
import type { Procedure } from '../operations/procedure.ts'
import { procedures } from '../operations/procedures/all.ts'
import { pruneAudit } from '../api/access/audit.ts'
import { serverAccount } from '../system/account.ts'
import { acquireLock } from '../system/lock.ts'
import { ensureDirectory } from '../system/files.ts'
import { checkReachable } from './check-reachable.ts'
import { composeDaemon, type Opening } from './compose-daemon.ts'
import { homeLayout } from './home.ts'
import { EtcdMember } from './host/etcd-member.ts'
import { openPatiently } from './host/open-patiently.ts'
import { throwUnlessPassing } from './host/passing-failure.ts'
import { asOnlyHost, pruneOperations } from './housekeeping.ts'
import { renewForked } from './renew-forked.ts'
import { keepSchedules } from './schedules.ts'
import { keepStateBackups } from './state-backups.ts'
import { createLog, type Log } from './log.ts'
import { SocketDoor } from './socket-door.ts'
import { untilAllEnded } from './until-all-ended.ts'

export interface DaemonOptions {
  readonly home: string
  /** Called around every step of every operation; fault tests end the process here. */
  readonly onBoundary?: OnBoundary
  /** False: no base backup, drill or clean-up but those that a person asks for. */
  readonly schedules?: boolean
}

type Daemon = Awaited<ReturnType<typeof composeDaemon>>

const HOUSEKEEPING_MS = 60 * 60 * 1000
/** What still holds the process after the lock is given up would be a daemon that nobody can see. */
const LINGER_MS = 5000

/**
 * The daemon of a home, from start to end: one API, one worker, one agent. It adopts what runs and ends by SIGTERM,
 * SIGINT or `stopDaemon`; the servers run on. Throws what ended it otherwise, DAEMON_ALREADY_RUNNING when another one
 * has the home; its last line in the log is then of level “fatal” and has the error and our pid, for who started us.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  // Once and for all, because folders that are made at the same moment have it too: others pass, and never write.
  process.umask(0o022)
  const log = createLog()
  try {
    await holdHome(options, log)
    log.info({}, 'daemon ended')
  } catch (error) {
    log.fatal({ error: AppError.from(error), pid: process.pid }, 'daemon failed')
    throw error
  } finally {
    setTimeout(() => process.exit(), LINGER_MS).unref()
  }
}

/** The lock goes last, whatever fails: the next daemon must find nothing of this one. */
async function holdHome(options: DaemonOptions, log: Log): Promise<void> {
  const { home } = options
  const paths = homeLayout(home)
  // Servers run under another account when we are root: it must pass through, and see nothing.
  await ensureDirectory(home, { mode: 0o711 })
  await ensureDirectory(paths.run, { mode: 0o711 })
  await ensureDirectory(paths.log, { mode: 0o700 })
  const lock = await acquireLock(paths.lock)
  try {
    const stop = new AbortController()
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())
    const account = serverAccount()
    if (account) await checkReachable(home, account)
    const member = new EtcdMember(home)
    const door = new SocketDoor(home)
    const parts = { home, log, account, member, stop: () => stop.abort() }
    try {
      while (!stop.signal.aborted) await runOpened(options, parts, door, stop.signal)
    } finally {
      await door.close()
    }
  } finally {
    await lock.release()
  }
}

/** One opening of the state, until it is let go. */
interface Life {
  readonly log: Log
  readonly door: SocketDoor
  /** Ends this life. */
  readonly stop: AbortController
  /** Aborted when the daemon itself ends. */
  readonly ending: AbortSignal
}

/**
 * Opens the state and runs on it until `ending` aborts, or until the state is to be opened elsewhere. A store that cannot be reached is
 * opened anew too.
 */
async function runOpened(
  options: DaemonOptions,
  parts: Omit<Opening, 'opened' | 'reopen'>,
  door: SocketDoor,
  ending: AbortSignal,
): Promise<void> {
  const { log } = parts
  const stop = new AbortController()
  const end = (): void => stop.abort()
  ending.addEventListener('abort', end, { once: true })
  try {
    const opened = await openPatiently({ ...parts, door, signal: stop.signal })
    if (!opened) return
    try {
      const daemon = await composeDaemon({ ...parts, opened, reopen: end })
      await runParts(options, daemon, { log, door, stop, ending })
    } finally {
      await opened.store.close()
    }
  } catch (error) {
    throwUnlessPassing((passing) => log.error({ error: passing }, 'store lost'))(error)
  } finally {
    ending.removeEventListener('abort', end)
  }
}

/** Resolves, or throws the first failure, when agent and worker have let go and the API is closed. */
async function runParts(options: DaemonOptions, daemon: Daemon, life: Life): Promise<void> {
  const { onBoundary } = options
  const { log, stop } = life
  const { store, services, agentEnvironment } = daemon
  const tellPassing = throwUnlessPassing((error) => log.error({ error }, 'agent'))
  const servers = untilAllEnded(
    [
      untilItWorks(() => runAgent(agentEnvironment, stop.signal), tellPassing, stop.signal),
      work(
        {
          store,
          procedures,
          dependencies: services,
          host: services.host,
          onError: (error) => log.error({ error }, 'worker'),
          ...(onBoundary ? { onBoundary } : {}),
        },
        stop.signal,
      ),
    ],
    stop,
  )
  try {
    // Both have read their documents after this turn: damage is told before anybody can connect.
    await Promise.race([servers, turn()])
    await serve(options, daemon, life, servers)
  } finally {
    stop.abort()
    // Its failure is thrown above, unless another came before.
    await Promise.allSettled([servers])
  }
}

async function serve(
  { home, schedules = true }: DaemonOptions,
  daemon: Daemon,
  { log, door, stop, ending }: Life,
  servers: Promise<void>,
): Promise<void> {
  const { store, services, events } = daemon
  const complain = (error: unknown): void => log.error({ error }, 'housekeeping')
  const keepHouse = async (): Promise<void> => {
    await asOnlyHost(store, async () => {
      await pruneOperations(store, services.documents)
      await events.prune()
      await pruneAudit(store, services.documents)
    })
    await daemon.pruneUploads()
    await daemon.rotateLogs()
  }
  // Before the socket, so that no call finds it not yet opened.
  await daemon.remote.open(daemon.app)
  await daemon.among.open(daemon.app)
  const socket = await door.open({ app: daemon.app, carry: daemon.among.carry })
  log.info({ home, pid: process.pid, socket }, 'daemon ready')
  const housekeeping = setInterval(() => void keepHouse().catch(complain), HOUSEKEEPING_MS)
  const { stateBackups } = homeLayout(home)
  const backups = keepStateBackups(store, daemon.copy, stateBackups, stop.signal, complain).catch(
    complain,
  )
  const kinds = procedures as unknown as readonly Procedure[]
  const renew = (): Promise<void> => renewForked(services, stop.signal, complain)
  const renewing = untilItWorks(renew, complain, stop.signal)
  const host = daemon.runHostParts(stop.signal)
  const complainOfSchedule = (error: unknown): void => log.error({ error }, 'schedules')
  const scheduling = schedules
    ? keepSchedules(services, kinds, stop.signal, complainOfSchedule).catch(complainOfSchedule)
    : undefined
  try {
    await keepHouse().catch(complain)
    await daemon.warmUp().catch(complain)
    await servers
  } finally {
    clearInterval(housekeeping)
    stop.abort()
    await Promise.allSettled([servers, backups, renewing, scheduling, host])
    await daemon.remote.close()
    await daemon.among.close()
    await (ending.aborted ? door.close() : door.hold())
  }
}
