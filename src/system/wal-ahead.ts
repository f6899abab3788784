import { readdirSync, renameSync, rmSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import type { Owner } from './files.ts'
import { onThread } from './thread.ts'

export interface WalAhead {
  /** Packed segments: `<timeline>/<segment>.zst`. */
  readonly wal: string
  readonly segmentBytes: number
  /** The segment that is asked for first. */
  readonly first: string
  /** Where they are put under their names, to be taken away by renaming; empty, and `owner`'s. */
  readonly folder: string
  readonly owner: Owner | undefined
}

/** So much stands ready; at least two segments. A server replays 16 MiB in 100 ms, and they are unpacked in 40. */
const readyBytes = 64 * 1024 * 1024
/** How soon a segment that was taken is followed by another one. */
const lookMs = 20
/** Begins the names of those that are not whole yet. */
const UNFINISHED = '.unfinished.'

/**
 * Keeps the next segments of an archive unpacked for a server that recovers, until aborted. What is missing or damaged is never
 * put there, and nothing after it: who asks for that asks the archive itself, and gets its answer.
 */
export const unpackAhead = onThread(
  import.meta.url,
  async (ahead: WalAhead, { signal }: { signal: AbortSignal }): Promise<void> => {
    const most = Math.max(2, Math.floor(readyBytes / ahead.segmentBytes))
    /** In their order, the oldest first. */
    let ready: string[] = []
    let last: readonly string[] = []
    let number = numberOf(ahead.first, ahead.segmentBytes)
    while (!signal.aborted) {
      const there = new Set(readdirSync(ahead.folder))
      const taken = ready.findLastIndex((name) => !there.has(name))
      // Nobody comes back for an older one.
      for (const name of ready.slice(0, Math.max(0, taken))) {
        rmSync(join(ahead.folder, name), { force: true })
      }
      ready = ready.slice(taken + 1)
      const names = ready.length < most ? namesAt(ahead, number) : []
      if (names.length > 0) {
        await putReady(ahead, names)
        ready.push(...names)
        last = names
        number++
      } else if (ready.length === 0 && last.length > 0) {
        // The end of the archive: the end of a recovery reads its last segment once more.
        await putReady(ahead, last)
        last = []
      } else await delay(lookMs, undefined, { signal })
    }
  },
)

/** The segments of this number, of whatever timeline; the server knows which one it wants. */
function namesAt({ wal, segmentBytes }: WalAhead, number: number): string[] {
  const inFourGib = 2 ** 32 / segmentBytes
  const digits = [Math.floor(number / inFourGib), number % inFourGib].map(eightDigits).join('')
  return readdirSync(wal)
    .filter((name) => /^[0-9A-F]{8}$/.test(name))
    .map((timeline) => `${timeline}${digits}`)
    .filter((name) => readdirSync(join(wal, name.slice(0, 8))).includes(`${name}.zst`))
}

/** A segment's place in the order of all, whatever its timeline. */
const numberOf = (name: string, segmentBytes: number): number =>
  Number.parseInt(name.slice(8, 16), 16) * (2 ** 32 / segmentBytes) +
  Number.parseInt(name.slice(16, 24), 16)

const eightDigits = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

async function putReady(ahead: WalAhead, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const packed = await readFile(join(ahead.wal, name.slice(0, 8), `${name}.zst`))
    const content = zstdDecompressSync(packed, { maxOutputLength: ahead.segmentBytes })
    if (content.length !== ahead.segmentBytes) throw new Error(`${name} is too short`)
    const unfinished = join(ahead.folder, `${UNFINISHED}${name}`)
    // The folder is another account's: `wx` follows no link of it.
    await using file = await open(unfinished, 'wx', 0o600)
    await file.writeFile(content)
    if (ahead.owner) await file.chown(ahead.owner.uid, ahead.owner.gid)
    renameSync(unfinished, join(ahead.folder, name))
  }
}
