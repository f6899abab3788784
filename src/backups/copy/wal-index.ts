import type { SegmentFacts } from '../../core/wal/read-segment.ts'
import { parseWalFileName } from '../../core/wal/segment-name.ts'
import { appendDurably } from '../../system/append.ts'
import { writeAtomic } from '../../system/files.ts'
import { type FileMark, fileMark, readPart } from '../../system/regular-files.ts'

/** What is remembered of one archived segment, so that it need not be unpacked to know. */
export interface IndexLine {
  /** 24 hexadecimal digits. */
  readonly segment: string
  readonly storedBytes: number
  readonly archivedAt: string
  readonly facts: SegmentFacts
  /** The smallest and the largest number of the transactions that end in it, and of their savepoints. */
  readonly xids?: { readonly least: number; readonly most: number }
}

/** Counts up when a line's meaning changes; lines of another number are not read, and their segments are read anew. */
const FORMAT = 1

export type WalIndex = ReadonlyMap<string, IndexLine>

/** Adds a line for good. What a death left of a line before it stays one that nobody can read. */
export async function addToIndex(path: string, line: IndexLine): Promise<void> {
  const before = await fileMark(path)
  const last = before && (await readPart(path, before.sizeBytes - 1, 1))
  const torn = before !== undefined && before.sizeBytes > 0 && last?.toString() !== '\n'
  await appendDurably(path, `${torn ? '\n' : ''}${lineText(line)}`, indexFile)
}

/** Replaces the index by these lines. */
export async function writeIndex(path: string, lines: Iterable<IndexLine>): Promise<void> {
  await writeAtomic(path, [...lines].map(lineText).join(''), indexFile)
}

/** Ours alone: no server needs it, and we believe what it says. */
const indexFile = { mode: 0o600 } as const

const lineText = (line: IndexLine): string => `${JSON.stringify({ format: FORMAT, ...line })}\n`

/** Reads an index again and again, and of what was only added to it no more than that. The same answer means that nothing changed. */
export function createIndexReader(path: string): () => Promise<WalIndex> {
  let known:
    { readonly lines: WalIndex; readonly mark: FileMark; readonly bytes: number } | undefined
  return async () => {
    const mark = await fileMark(path)
    // Others may ask while we read: what is built upon, and what is remembered, is of one moment.
    const before = known
    if (!mark) {
      known = undefined
      return nothing
    }
    if (before && isSame(mark, before.mark)) return before.lines
    const goesOn = before?.mark.inode === mark.inode && mark.sizeBytes > before.mark.sizeBytes
    const from = goesOn ? before.bytes : 0
    // A new one each time: who holds an earlier answer keeps it as it was.
    const lines = new Map(goesOn ? before.lines : [])
    const bytes = await readPart(path, from, mark.sizeBytes - from)
    // The rest is a line that is being written, or never was to its end.
    const whole = bytes?.subarray(0, bytes.lastIndexOf('\n') + 1)
    for (const line of parseIndex(whole?.toString() ?? '')) lines.set(line.segment, line)
    known = { lines, mark, bytes: from + (whole?.length ?? 0) }
    return lines
  }
}

const nothing: WalIndex = new Map()

const isSame = (a: FileMark, b: FileMark): boolean =>
  a.inode === b.inode && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs

/** The lines of an index that can be read, in their order. */
export function parseIndex(text: string): IndexLine[] {
  return text.split('\n').flatMap((line) => {
    const read = line === '' ? undefined : parseLine(line)
    return read ? [read] : []
  })
}

function parseLine(text: string): IndexLine | undefined {
  try {
    const { format, ...line } = JSON.parse(text) as IndexLine & { format: unknown }
    const isSegment = parseWalFileName(line.segment)?.kind === 'segment'
    return format === FORMAT && isSegment && typeof line.facts === 'object' ? line : undefined
  } catch {
    // A line that a death cut off; its segment is in the archive, and is read anew.
    return undefined
  }
}
