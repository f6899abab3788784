import { z } from 'zod'
import type { PatroniProgram } from '../../system/patroni/program.ts'
import { exists, readText, removeTree, writeAtomic } from '../../system/files.ts'
import { launchDetached } from '../../system/launch.ts'
import {
  endProcess,
  identify,
  isAlive,
  listProcesses,
  type ProcessIdentity,
  signal,
} from '../../system/processes.ts'
import { readControlFile } from '../../system/tools/postmaster.ts'
import {
  findRunningServer,
  leftoversOf,
  removeStalePidFile,
  removeStaleSocketLocks,
} from '../../system/tools/running-server.ts'
import type { AgentEnvironment } from '../environment.ts'
import { layout } from '../layout.ts'
import { readServerNote, writeServerNote } from '../server-note.ts'
import { openFolder } from './patroni-files.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

/** In order: a checkpoint, the end of all sessions, the last WAL to every replica. */
const IN_ORDER_MS = 150_000
const KILL_MS = 10_000
/** An immediate shutdown writes nothing; a server that is still there then is killed. */
const FENCE_MS = 1000

/** Who it is, and the engine that it began with: a Patroni has the same to its end. */
const Note = z.object({ pid: z.int(), startedAt: z.string(), binDirectory: z.string().optional() })
export type PatroniProcess = z.output<typeof Note>

/**
 * The Patroni that runs a member, whoever started it: by the note of its start, and without one by its arguments. `thoroughly`: look
 * through all processes of the machine, which takes a while, too.
 */
export async function findPatroniProcess(
  doc: Pick<PatroniDocument, 'directory'>,
  { thoroughly }: { readonly thoroughly: boolean },
): Promise<PatroniProcess | undefined> {
  const { note, configFile } = patroniPlaces(doc)
  const noted = await readNote(note)
  if (noted && isAlive(noted)) return noted
  if (!thoroughly) return undefined
  const found = listProcesses().find(({ args }) => args.at(-1) === configFile)
  const identity = found && identify(found.pid)
  if (identity) await writeAtomic(note, `${JSON.stringify(identity)}\n`, { mode: 0o600 })
  return identity
}

/**
 * Starts Patroni, which finds the server running or starts it. It outlives us. Its own words go to a log of its own, the server's to
 * the server's. Throws SERVER_START_FAILED.
 */
export async function startPatroni(
  doc: PatroniDocument,
  env: AgentEnvironment,
  program: PatroniProgram,
): Promise<void> {
  const { folder, configFile, data, note } = patroniPlaces(doc)
  const { configGeneration, restartGeneration } = doc
  const { binDirectory } = doc.engine
  await openFolder(doc, env)
  if (await findRunningServer(data)) {
    // It has its settings from before.
    await writeServerNote(doc, { ...(await readServerNote(doc)), configGeneration: 0 })
  } else {
    await removeStalePidFile(data)
    await removeStaleSocketLocks(doc.socketDirectory, data)
    await removeHalfACopy(data)
    await writeServerNote(doc, { configGeneration, restartGeneration })
  }
  const identity = await launchDetached({
    program: program.path,
    args: [configFile],
    cwd: folder,
    logFile: layout(doc).logFile,
    account: env.account,
  })
  await writeAtomic(note, `${JSON.stringify({ ...identity, binDirectory })}\n`, { mode: 0o600 })
}

/** pg_basebackup and pgbackrest write the control file last: data without it are a copy whose Patroni died. */
async function removeHalfACopy(data: string): Promise<void> {
  if ((await exists(data)) && !(await readControlFile(data))) await removeTree(data)
}

/** Ends Patroni in order: it ends its server too, hands over what it leads, and leaves a clean state. */
export async function stopPatroni(process: ProcessIdentity): Promise<void> {
  await endProcess(process, {
    signals: [
      ['SIGTERM', IN_ORDER_MS],
      ['SIGKILL', KILL_MS],
    ],
  })
}

/** Ends Patroni at once, also one that is stopped; its server runs on. */
export async function killPatroni(process: ProcessIdentity): Promise<void> {
  await endProcess(process, { signals: [['SIGKILL', KILL_MS]] })
}

/**
 * Ends Patroni and the server so that no commit is acknowledged after it resolves. Patroni first, or it would start the server again.
 * The last resort kills each process of the server: those of a killed postmaster go on with what they do.
 */
export async function fence(
  doc: PatroniDocument,
  patroni: ProcessIdentity | undefined,
): Promise<void> {
  const { data } = patroniPlaces(doc)
  if (patroni) await killPatroni(patroni)
  const seen = await findRunningServer(data)
  const server = seen && identify(seen.pid)
  if (server && (await endProcess(server, { signals: [['SIGQUIT', FENCE_MS]] }))) return
  if (server) signal(server, 'SIGKILL')
  const rest = leftoversOf(data).flatMap((pid) => identify(pid) ?? [])
  await Promise.all(rest.map((one) => endProcess(one, { signals: [['SIGKILL', KILL_MS]] })))
}

/** Tells Patroni, and the server, to read their files again. */
export async function reloadPatroni(doc: PatroniDocument, patroni: ProcessIdentity): Promise<void> {
  signal(patroni, 'SIGHUP')
  // Patroni does so only for what it wrote itself, and not for a new certificate.
  const seen = await findRunningServer(layout(doc).data)
  const server = seen && identify(seen.pid)
  if (server) signal(server, 'SIGHUP')
  const note = await readServerNote(doc)
  await writeServerNote(doc, { ...note, configGeneration: doc.configGeneration })
}

async function readNote(path: string): Promise<PatroniProcess | undefined> {
  const text = await readText(path)
  return text === undefined ? undefined : Note.safeParse(parseJson(text)).data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a torn note is the same as none
  }
}
