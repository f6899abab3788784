import { setTimeout as delay } from 'node:timers/promises'
import type { MemberDocument, MemberProgress } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import { type CommandLine, inBackground } from '../system/background.ts'
import type { Door } from '../system/door.ts'
import { ensureDirectory, exists, readText } from '../system/files.ts'
import { launchDetached } from '../system/launch.ts'
import { isFree } from '../system/ports.ts'
import { endProcess, identify, isAlive, signal as send } from '../system/processes.ts'
import { whoListens } from '../system/port-listener.ts'
import { endArchiveCommand } from '../system/tools/archiver.ts'
import {
  findRunningServer,
  leftoversOf,
  removeStalePidFile,
  removeStaleSocketLocks,
} from '../system/tools/running-server.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { ReplayProgress } from './replay-progress.ts'
import { readServerNote, writeServerNote } from './server-note.ts'

/** How often a server that starts is looked at: a start takes about 50 ms, a recovery hours. */
const LOOK_MS = { first: 5, last: 100 }
/** A clean shutdown ends sessions and writes a checkpoint, which may take minutes with many dirty buffers. */
const FAST_SHUTDOWN_MS = 120_000
/** An archiver ends when its command does, which copies one file. */
const LEFTOVERS_MS = 10_000
const IMMEDIATE_SHUTDOWN_MS = 20_000
/** The last thing that a server does is to archive its last WAL; a command for one file that takes longer than this hangs. */
const LAST_ARCHIVING_MS = 30_000

export interface Starting {
  readonly env: Pick<AgentEnvironment, 'account'>
  readonly signal: AbortSignal
  readonly onProgress: (progress: MemberProgress) => void
  /** Listens in its place until it starts. */
  readonly door?: Door | undefined
}

/**
 * Starts the server and waits until it takes connections. Throws PORT_IN_USE, or SERVER_START_FAILED with the end of
 * its log when it gives up, which a recovery does when WAL is missing or damaged or its target is not in it. Recovery may
 * take long: it waits for as long as the server lives, or until aborted, which gives false.
 */
export async function startServer(doc: MemberDocument, starting: Starting): Promise<boolean> {
  const { env, signal, onProgress, door } = starting
  const { data, logFile } = layout(doc)
  await ensureDirectory(`${doc.directory}/log`, { mode: 0o700 })
  await ensureDirectory(doc.socketDirectory, { mode: 0o700, owner: env.account })
  if (await removeStalePidFile(data)) await untilLeftoversEnd(data, signal)
  await removeStaleSocketLocks(doc.socketDirectory, data)
  if (!door) await expectFreePort(doc)
  const { configGeneration, restartGeneration } = doc
  await writeServerNote(doc, { configGeneration, restartGeneration })
  const command = await serverCommand(doc)
  const server = await launchDetached({
    ...command,
    cwd: data,
    logFile,
    account: env.account,
    // Who comes between this and the server’s own listening is refused: 15 to 17 ms measured on a quiet machine of two cores, up to 90 on a busy one.
    beforeStart: () => door?.shut(),
  })
  const replay = new ReplayProgress()
  for (
    let lookMs = LOOK_MS.first;
    !signal.aborted;
    lookMs = Math.min(lookMs * 1.02, LOOK_MS.last)
  ) {
    const seen = await findRunningServer(data)
    if (seen?.pid === server.pid && seen.state === 'ready') return true
    if (!isAlive(server)) throw await startError(doc)
    const progress = replay.of(server.pid)
    if (progress) onProgress(progress)
    await delay(lookMs)
  }
  return false
}

/** Those of a killed server, for as long as they take; if they never end, Postgres itself says what is in its way. */
async function untilLeftoversEnd(data: string, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + LEFTOVERS_MS
  while (leftoversOf(data).length > 0 && performance.now() < untilMs && !signal.aborted) {
    await delay(LOOK_MS.last)
  }
}

async function serverCommand(doc: MemberDocument): Promise<CommandLine> {
  const recovers = await isToRecover(doc)
  const isCopy = recovers || (await exists(`${layout(doc).data}/backup_label`))
  const settings = {
    ...doc.enforced,
    ...(isCopy ? quickSync(doc) : {}),
    ...(recovers ? doc.recovery : {}),
  }
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = {
    program: `${doc.engine.binDirectory}/postgres`,
    // The folder last: a running server is known by it.
    args: [...given, '-D', layout(doc).data],
  }
  return doc.priority === 'background' ? inBackground(command) : command
}

/** A start on a copy begins by putting all of it on the disk; Linux can do that in one call, and Postgres from 14 on asks for it. */
const quickSync = (doc: MemberDocument): Record<string, string> =>
  process.platform === 'linux' && doc.engine.major >= 14
    ? { recovery_init_sync_method: 'syncfs' }
    : {}

/** Whether the next start replays WAL from the archive; Postgres takes the mark away when it has. */
export const isToRecover = (doc: MemberDocument): Promise<boolean> =>
  exists(`${layout(doc).data}/recovery.signal`)

async function expectFreePort(doc: MemberDocument): Promise<void> {
  const { host, port } = doc.endpoint
  // A scratch server listens on its socket alone.
  if (host === '' || (await isFree(host, port))) return
  const listener = whoListens(port, host)
  const who = listener ? `${listener.name} (pid ${listener.pid})` : 'another program'
  throw new AppError('PORT_IN_USE', `${who} already listens on ${host}:${port}`, {
    details: { host, port },
  })
}

async function startError(doc: MemberDocument): Promise<AppError> {
  const { logFile } = layout(doc)
  const log = ((await readText(logFile)) ?? '').trimEnd().split('\n').slice(-15).join('\n')
  return new AppError(
    'SERVER_START_FAILED',
    `the server of ${doc.project}/${doc.service} did not start`,
    {
      details: { log, logFile },
    },
  )
}

/** Tells the server to read its files again. Harmless to repeat. */
export async function reloadServer(doc: MemberDocument): Promise<void> {
  const server = await running(doc)
  if (!server || !send(server, 'SIGHUP')) return
  const note = await readServerNote(doc)
  await writeServerNote(doc, { ...note, configGeneration: doc.configGeneration })
}

/**
 * A fast shutdown; an immediate one when that takes too long. An archive command that hangs is ended: its WAL waits for the
 * next start. Resolves when no process is left.
 */
export async function stopServer(doc: MemberDocument): Promise<void> {
  const server = await running(doc)
  if (!server) return
  if (await endProcess(server, { signals: [['SIGINT', LAST_ARCHIVING_MS]] })) return
  endArchiveCommand(server.pid)
  await endProcess(server, {
    signals: [
      ['SIGINT', FAST_SHUTDOWN_MS],
      ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
      ['SIGKILL', IMMEDIATE_SHUTDOWN_MS],
    ],
  })
}

/** Ends programs that a dead daemon left working on the member's folder. */
export async function endStrays(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    const identity = identify(pid)
    if (!identity) continue
    await endProcess(identity, {
      signals: [
        ['SIGTERM', 2000],
        ['SIGKILL', 10_000],
      ],
    })
  }
}

async function running(doc: MemberDocument) {
  const seen = await findRunningServer(layout(doc).data)
  return seen && identify(seen.pid)
}
