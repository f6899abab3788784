/**
 * Postgres's restore_command for an archive of ours: `node wal-fetch.mjs <wal folder> <bytes of a segment> <file> <target>`. It is copied
 * to a place where the server's account can run it, so it uses nothing but Node's own modules, and works while no daemon does.
 *
 * Exit status 0: fetched. 1: there is none, and none later, so recovery ends here or goes on with another timeline. 255: it should be there and is
 * not, or is damaged. Above 125 the server gives up (PostgreSQL manual, restore_command); with 1 it would end recovery at a
 * hole, and silently lose all that follows.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

const [wal = '', segmentBytesText = '', file = '', target = ''] = process.argv.slice(2)
const segmentBytes = Number(segmentBytesText)

try {
  process.exitCode = fetchFile()
} catch (error) {
  giveUp(error instanceof Error ? error.message : String(error))
}

function fetchFile(): number {
  // A folder that is not there is a disk that is not mounted, and no end of the WAL.
  if (!statSync(wal).isDirectory() || !Number.isInteger(segmentBytes)) {
    throw new Error(`${wal} is no folder of WAL with segments of ${segmentBytesText} bytes`)
  }
  const timeline = file.slice(0, 8)
  if (!/^[0-9A-F]{24}$/.test(file)) {
    const plain = file.endsWith('.history') ? join(wal, file) : join(wal, timeline, file)
    const content = readIfThere(plain)
    if (content) writeFileSync(target, content, { mode: 0o600 })
    return content ? 0 : 1
  }
  const packed = readIfThere(join(wal, timeline, `${file}.zst`))
  if (!packed) {
    if (mustBeThere(timeline)) throw new Error(`${file} is missing in the archive ${wal}`)
    return 1
  }
  const content = zstdDecompressSync(packed)
  if (content.length !== segmentBytes) {
    throw new Error(`${file} has ${content.length} bytes in the archive ${wal}`)
  }
  writeFileSync(target, content, { mode: 0o600 })
  return 0
}

/** Whether the timeline begins before this segment, and goes on after it: by a later segment, or as far as a younger timeline took it over. */
function mustBeThere(timeline: string): boolean {
  const wanted = numberOf(file)
  const histories = namesIn(wal).filter((name) => name.endsWith('.history'))
  const ownHistory = histories.find((name) => name.startsWith(timeline))
  if (wanted < (ownHistory === undefined ? 0 : (ancestorsOf(ownHistory).at(-1)?.until ?? 0))) {
    return false
  }
  const isLater = (name: string): boolean =>
    /^[0-9A-F]{24}\.zst$/.test(name) && numberOf(name) > wanted
  return (
    namesIn(join(wal, timeline)).some(isLater) ||
    histories
      .flatMap(ancestorsOf)
      .some((ancestor) => ancestor.timeline === timeline && ancestor.until > wanted)
  )
}

/** A segment's place in the order of all, whatever its timeline. */
function numberOf(name: string): number {
  return hex(name.slice(8, 16)) * (2 ** 32 / segmentBytes) + hex(name.slice(16, 24))
}

/** The lines of a timeline's history: which ancestor's WAL it goes on with, and the number of the segment where it leaves it. */
function ancestorsOf(history: string): { timeline: string; until: number }[] {
  const lines = (readIfThere(join(wal, history)) ?? '').toString().split('\n')
  return lines.flatMap((line) => {
    const [, timeline, high = '', low = ''] =
      /^\s*(\d+)\s+([0-9A-Fa-f]+)\/([0-9A-Fa-f]+)/.exec(line) ?? []
    if (timeline === undefined) return []
    const name = Number(timeline).toString(16).toUpperCase().padStart(8, '0')
    const number = hex(high) * (2 ** 32 / segmentBytes) + Math.floor(hex(low) / segmentBytes)
    return [{ timeline: name, until: number }]
  })
}

function readIfThere(path: string): Buffer | undefined {
  return unlessMissing(() => readFileSync(path))
}

function namesIn(folder: string): string[] {
  return unlessMissing(() => readdirSync(folder)) ?? []
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function hex(digits: string): number {
  return Number.parseInt(digits, 16)
}

/** The words go to the server's log. */
function giveUp(reason: string): void {
  process.stderr.write(`howdah: cannot go on with recovery: ${reason}\n`)
  process.exitCode = 255
}
