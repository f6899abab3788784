import { join } from 'node:path'
import type { ArchivedSegment } from '../../core/pgbackrest/archive-listing.ts'
import { segmentName, segmentPlace } from '../../core/wal/segment-name.ts'
import { namesIn } from '../../system/entries.ts'
import { byWalOrder } from '../copy/incoming.ts'
import { addToIndex, createIndexReader, type WalIndex, writeIndex } from '../copy/wal-index.ts'
import { readWal } from './read-wal.ts'
import { withArchived } from './segment-files.ts'
import type { Stanza } from './stanza.ts'

/** So many of the server's own files are read at a time, and so many brought back from a repository only to know what is in them. */
const READ_AT_ONCE = { near: 64, far: 4 } as const

/** What is in archived segments, remembered in a file of the lineage's folder; a repository of pgBackRest keeps no such thing. */
export interface WalFacts {
  read(): Promise<WalIndex>
  /**
   * Reads segments that are not known yet, the newest first: from the server's own files for as long as it keeps them, and only
   * then from the repository, a few at a time. Gives whether any became known.
   */
  learn(from: {
    readonly stanza: Stanza
    /** All that are archived. */
    readonly archived: readonly ArchivedSegment[]
    /** Those of them to read. */
    readonly wanted: readonly ArchivedSegment[]
    /** Of the server, when there is one. */
    readonly data: string | undefined
  }): Promise<boolean>
  /** Forgets segments that are not in the archive any more. */
  forget(segments: readonly string[]): Promise<void>
}

export function createWalFacts(directory: string): WalFacts {
  const path = join(directory, 'wal-index.jsonl')
  const read = createIndexReader(path)
  return {
    read,
    async learn({ stanza, archived, wanted, data }) {
      const index = await read()
      const unknown = wanted
        .map(({ name }) => name)
        .filter((name) => !index.has(name))
        .toSorted((a, b) => byWalOrder(b, a))
      if (unknown.length === 0) return false
      const own = data === undefined ? undefined : join(data, 'pg_wal')
      const near = new Set(own === undefined ? [] : await namesIn(own))
      const isNear = (name: string): boolean => near.has(name)
      const chosen = unknown.some(isNear)
        ? unknown.filter(isNear).slice(0, READ_AT_ONCE.near)
        : unknown.slice(0, READ_AT_ONCE.far)
      // A record may begin in the segment before.
      const before = chosen.map((name) => segmentBefore(name, stanza.lineage.walSegmentBytes))
      const names = new Set([...before.filter((name) => name !== undefined), ...chosen])
      const files = archived
        .filter(({ name }) => names.has(name))
        .toSorted((a, b) => byWalOrder(a.name, b.name))
      const far = files.filter(({ name }) => !isNear(name))
      const lines = await withArchived(stanza, far, (paths) =>
        readWal({
          files: files.flatMap(({ name, sha1 }) => {
            const place = paths.get(name) ?? (own && isNear(name) ? join(own, name) : undefined)
            return place === undefined ? [] : [{ name, sha1, path: place }]
          }),
          segmentBytes: stanza.lineage.walSegmentBytes,
        }),
      )
      const archivedAt = new Date().toISOString()
      const learnt = lines.filter(({ segment }) => chosen.includes(segment))
      for (const line of learnt) {
        const { storedBytes = 0 } = files.find(({ name }) => name === line.segment) ?? {}
        await addToIndex(path, { ...line, storedBytes, archivedAt })
      }
      return learnt.length > 0
    },
    async forget(segments) {
      const index = await read()
      if (!segments.some((name) => index.has(name))) return
      const kept = [...index.values()].filter(({ segment }) => !segments.includes(segment))
      await writeIndex(path, kept)
    },
  }
}

/** The segment before this one on its timeline. */
export function segmentBefore(name: string, segmentBytes: number): string | undefined {
  const { timeline, startLsn } = segmentPlace(name, segmentBytes)
  return startLsn === 0n ? undefined : segmentName(timeline, startLsn - 1n, segmentBytes)
}
