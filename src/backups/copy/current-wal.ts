import { join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import { nextSegment } from '../../core/wal/segment-name.ts'
import { namesIn } from '../../system/entries.ts'
import { fileMark, readPart } from '../../system/regular-files.ts'

/** Larger ones are not read every few seconds. */
const mostToRead = 64 * 1024 * 1024

/**
 * Looks into the WAL file that a server is writing. Gives the time of the first commit in it, `none` when there is no commit, and
 * undefined when that cannot be told.
 */
export type CurrentWalReader = (
  member: MemberDocument,
  /** The newest segment that the server has finished. */
  finished: string,
  segmentBytes: number,
) => Promise<FirstCommit>

export type FirstCommit = { readonly firstCommitAt: string } | 'none' | undefined

/** A file that was not written since is not read again. */
export function createCurrentWalReader(): CurrentWalReader {
  let known: { readonly mark: string; readonly answer: FirstCommit } | undefined
  return async (member, finished, segmentBytes) => {
    if (segmentBytes > mostToRead) return undefined
    const wal = join(member.directory, 'data', 'pg_wal')
    const next = nextSegment(finished, segmentBytes)
    // A timeline that began there goes on with the same place.
    const names = await namesIn(wal)
    // No server is without: its disk is not mounted, or its folder is gone with what was in it.
    if (names.length === 0) return undefined
    const name = names
      .filter((one) => /^[0-9A-F]{24}$/.test(one) && one.slice(8) === next.slice(8) && one >= next)
      .at(-1)
    if (name === undefined) return 'none'
    const path = join(wal, name)
    const file = await fileMark(path)
    const mark = `${name} ${file?.inode} ${file?.modifiedMs}`
    if (known?.mark === mark) return known.answer
    const bytes = await readPart(path, 0, segmentBytes)
    const answer = bytes && firstCommit(bytes, name)
    known = { mark, answer }
    return answer
  }
}

function firstCommit(bytes: Buffer, name: string): FirstCommit {
  const { facts, problem } = readSegment(bytes, { crc: false, name })
  // A file that Postgres made ready, new or used before, and has not begun to write.
  if (!facts) return 'none'
  if (facts.firstCommitAt !== undefined) return { firstCommitAt: facts.firstCommitAt }
  // One that is full has a successor; and a commit whose record began in the segment before would not be seen.
  const unsure = facts.complete || facts.skippedFirst || problem !== undefined
  return unsure ? undefined : 'none'
}
