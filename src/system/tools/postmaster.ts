import { open } from 'node:fs/promises'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errnoOf } from '../file-errors.ts'
import { readText } from '../files.ts'

/** What a running server wrote into `postmaster.pid`. A server that is just starting has not written all of it. */
export interface PostmasterFile {
  readonly pid: number
  readonly dataDirectory: string
  /** Seconds since 1970. */
  readonly startEpoch: number
  readonly port?: number
  readonly socketDirectory?: string
  readonly listenAddress?: string
  /** Undefined until the server has got so far as to say. */
  readonly status?: 'starting' | 'stopping' | 'ready' | 'standby'
}

/** Reads `postmaster.pid`; undefined when it is not there or not begun. The file outlives a killed server: compare the process. */
export async function readPostmasterFile(
  dataDirectory: string,
): Promise<PostmasterFile | undefined> {
  const text = await readText(join(dataDirectory, 'postmaster.pid'))
  return text === undefined ? undefined : parsePostmasterFile(text)
}

/** Lines as in Postgres's src/include/utils/pidfile.h. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid, dataDirectory, start, port, socketDirectory, listenAddress, , status] = text
    .split('\n')
    .map((line) => line.trim())
  if (!/^-?\d+$/.test(pid ?? '') || !dataDirectory || !/^\d+$/.test(start ?? '')) return undefined
  return {
    // A server in single-user mode writes its pid with a minus sign.
    pid: Math.abs(Number(pid)),
    dataDirectory,
    startEpoch: Number(start),
    ...(port ? { port: Number(port) } : {}),
    ...(socketDirectory ? { socketDirectory } : {}),
    ...(listenAddress ? { listenAddress } : {}),
    ...(isStatus(status) ? { status } : {}),
  }
}

function isStatus(word: string | undefined): word is NonNullable<PostmasterFile['status']> {
  return word === 'starting' || word === 'stopping' || word === 'ready' || word === 'standby'
}

/** In the order of Postgres's enum DBState, the same since 9.0. */
const states = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
] as const

export interface ControlFile {
  /** An unsigned 64-bit number in decimal, as `pg_controldata` and `IDENTIFY_SYSTEM` give it. */
  readonly systemIdentifier: string
  /** What the server last was. A killed one stays "in production". */
  readonly state: (typeof states)[number]
}

/** Reads the head of `global/pg_control`; undefined when there is none. Throws DATA_DIRECTORY_FOREIGN for what is no control file. */
export async function readControlFile(dataDirectory: string): Promise<ControlFile | undefined> {
  const path = join(dataDirectory, 'global', 'pg_control')
  const head = Buffer.alloc(20)
  try {
    await using file = await open(path, 'r')
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    return parseControlFile(head.subarray(0, bytesRead), path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The head of struct ControlFileData: identifier (8 bytes), two version numbers (4 each), state (4), in the machine's byte order. */
function parseControlFile(head: Buffer, path: string): ControlFile {
  const little = endianness() === 'LE'
  const state =
    head.length < 20 ? undefined : states[little ? head.readInt32LE(16) : head.readInt32BE(16)]
  if (state === undefined) {
    throw new AppError('DATA_DIRECTORY_FOREIGN', `${path} is not a control file that we know`, {
      details: { path },
    })
  }
  const identifier = little ? head.readBigUInt64LE(0) : head.readBigUInt64BE(0)
  return { systemIdentifier: identifier.toString(), state }
}
