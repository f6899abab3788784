import { watch } from 'node:fs'
import { open } from 'node:fs/promises'
import { readText } from '../files.ts'

export interface ServerLogLine {
  /** When the line says so itself; a continued line says nothing. */
  readonly at?: string
  readonly line: string
}

export interface ServerLogOptions {
  readonly follow: boolean
  /** Only lines from this instant on (ISO 8601). */
  readonly since?: string | undefined
  /** At most so many of the newest. */
  readonly tail?: number | undefined
  readonly signal: AbortSignal
}

/**
 * The lines of a server's log, whose prefix starts with `%m` in UTC; with `follow`, new ones as they come. A file that is
 * not there yet has no lines.
 */
export async function* readServerLog(
  path: string,
  { follow, since, tail, signal }: ServerLogOptions,
): AsyncIterable<ServerLogLine> {
  const text = (await readText(path)) ?? ''
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  const recent = newerThan(parseLines(complete), since)
  yield* tail === undefined ? recent : recent.slice(Math.max(0, recent.length - tail))
  if (follow) yield* newLines(path, Buffer.byteLength(complete), signal)
}

/** `2026-11-20 12:00:00.123 UTC`, as `%m` prints with `log_timezone = 'UTC'`. */
const stamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC /

function parseLines(text: string): ServerLogLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, day, time] = stamp.exec(line) ?? []
      return day && time ? { at: `${day}T${time}Z`, line } : { line }
    })
}

/** A line without a time belongs to the line before it. */
function newerThan(lines: ServerLogLine[], since: string | undefined): ServerLogLine[] {
  if (since === undefined) return lines
  const first = lines.findIndex(({ at }) => at !== undefined && Date.parse(at) >= Date.parse(since))
  return first < 0 ? [] : lines.slice(first)
}

async function* newLines(
  path: string,
  from: number,
  signal: AbortSignal,
): AsyncIterable<ServerLogLine> {
  let at = from
  let rest = ''
  for await (const _ of changes(path, signal)) {
    const { text, end } = await readFrom(path, at)
    at = end
    rest += text
    const complete = rest.slice(0, rest.lastIndexOf('\n') + 1)
    rest = rest.slice(complete.length)
    yield* parseLines(complete)
  }
}

/** From `start` to the end; from the beginning when the file was cut meanwhile. */
async function readFrom(path: string, start: number): Promise<{ text: string; end: number }> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const from = size < start ? 0 : start
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  return { text: buffer.toString('utf8', 0, bytesRead), end: from + bytesRead }
}

/** Yields at once and after every change of the file, until aborted. */
async function* changes(path: string, signal: AbortSignal): AsyncIterable<void> {
  let changed = Promise.withResolvers<void>()
  const watcher = watch(path, () => changed.resolve())
  signal.addEventListener('abort', () => changed.resolve(), { once: true })
  try {
    while (!signal.aborted) {
      yield
      await changed.promise
      changed = Promise.withResolvers<void>()
    }
  } finally {
    watcher.close()
  }
}
