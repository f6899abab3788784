import { open } from 'node:fs/promises'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { readControlFile } from './postmaster.ts'

/** What a data directory says of itself, whether a server runs on it or not. */
export interface ControlData {
  /** An unsigned 64-bit number in decimal. */
  readonly systemIdentifier: string
  /** The server was shut down in order: there is nothing after the last checkpoint. */
  readonly shutDown: boolean
  /** Where the last checkpoint's record begins, as Postgres writes it: `0/3000028`. */
  readonly checkpointLsn: string
  /** From where a start replays WAL; the same after an orderly shutdown. */
  readonly redoLsn: string
  readonly timeline: number
  readonly blockBytes: number
  /** Blocks in one file of a relation. */
  readonly fileBlocks: number
  readonly walSegmentBytes: number
  /** Whether pages have checksums. */
  readonly checksums: boolean
}

/** All of struct ControlFileData that there is, in every version. */
const headBytes = 512

/** The constant that Postgres writes to recognise its number format (FLOATFORMAT_VALUE); what follows it is the same since 12. */
const floatFormat = 1234567.0

/**
 * Reads `global/pg_control` by the struct of Postgres's catalog/pg_control.h; 12 to 18 differ only between the checkpoint and the
 * number format. Throws DATA_DIRECTORY_FOREIGN when there is none, or it is none that we know.
 */
export async function readControlData(dataDirectory: string): Promise<ControlData> {
  const path = join(dataDirectory, 'global', 'pg_control')
  const control = await readControlFile(dataDirectory)
  const head = Buffer.alloc(headBytes)
  if (control) {
    await using file = await open(path, 'r')
    await file.read(head, 0, headBytes, 0)
  }
  // A machine writes its own byte order, and a copy of another's does not start here.
  const view = new DataView(head.buffer, head.byteOffset, headBytes)
  const little = endianness() === 'LE'
  const u32 = (at: number): number => view.getUint32(at, little)
  const lsn = (at: number): string => writeLsn(view.getBigUint64(at, little))
  const format = offsetOf(view, floatFormat, little)
  if (!control || format === undefined) {
    throw new AppError('DATA_DIRECTORY_FOREIGN', `${path} is not a control file that we know`, {
      details: { path },
    })
  }
  return {
    systemIdentifier: control.systemIdentifier,
    shutDown: control.state === 'shut down',
    checkpointLsn: lsn(32),
    redoLsn: lsn(40),
    timeline: u32(48),
    blockBytes: u32(format + 8),
    fileBlocks: u32(format + 12),
    walSegmentBytes: u32(format + 20),
    checksums: u32(format + 44) !== 0,
  }
}

function offsetOf(view: DataView, value: number, little: boolean): number | undefined {
  for (let at = 0; at + 48 <= view.byteLength; at += 8) {
    if (view.getFloat64(at, little) === value) return at
  }
  return undefined
}

const writeLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase()
