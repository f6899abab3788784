import { setTimeout as delay } from 'node:timers/promises'
import type { MemberDocument } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import { ensureDirectory, readText } from '../system/files.ts'
import { launchDetached } from '../system/launch.ts'
import { isFree } from '../system/ports.ts'
import { endProcess, identify, isAlive, signal as send } from '../system/processes.ts'
import { whoListens } from '../system/port-listener.ts'
import {
  findRunningServer,
  removeStalePidFile,
  removeStaleSocketLocks,
} from '../system/tools/running-server.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { readServerNote, writeServerNote } from './server-note.ts'

/** How often a server that starts is looked at; a start takes about 50 ms. */
const LOOK_MS = 5
/** A clean shutdown ends sessions and writes a checkpoint, which may take minutes with many dirty buffers. */
const FAST_SHUTDOWN_MS = 120_000
const IMMEDIATE_SHUTDOWN_MS = 20_000

/**
 * Starts the server and waits until it takes connections. Throws PORT_IN_USE, or SERVER_START_FAILED with the end of
 * its log when it gives up. Crash recovery may take long: it waits for as long as the server lives, or until aborted.
 */
export async function startServer(
  doc: MemberDocument,
  env: AgentEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { data, logFile } = layout(doc)
  await ensureDirectory(`${doc.directory}/log`, { mode: 0o700 })
  await ensureDirectory(doc.socketDirectory, { mode: 0o700, owner: env.account })
  await removeStalePidFile(data)
  await removeStaleSocketLocks(doc.socketDirectory, data)
  await expectFreePort(doc)
  const { configGeneration, restartGeneration } = doc
  await writeServerNote(doc, { configGeneration, restartGeneration })
  const server = await launchDetached({
    program: `${doc.engine.binDirectory}/postgres`,
    args: [...enforced(doc), '-D', data],
    cwd: data,
    logFile,
    account: env.account,
  })
  while (!signal.aborted) {
    const seen = await findRunningServer(data)
    if (seen?.pid === server.pid && seen.state === 'ready') return
    if (!isAlive(server)) throw await startError(doc)
    await delay(LOOK_MS)
  }
}

const enforced = (doc: MemberDocument): string[] =>
  Object.entries(doc.enforced).flatMap(([name, value]) => ['-c', `${name}=${value}`])

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

/** A fast shutdown; an immediate one when that takes too long. Resolves when no process is left. */
export async function stopServer(doc: MemberDocument): Promise<void> {
  const server = await running(doc)
  if (!server) return
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
