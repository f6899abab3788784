import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import { parseJson } from './json.ts'

/** One backup as `pgbackrest info` tells of it. */
export interface StoredBackup {
  /** `20261120-150916F`, or that of its full one, `_`, its own time and `D` or `I`. */
  readonly label: string
  readonly repository: number
  readonly kind: 'full' | 'differential' | 'incremental'
  /** What it was given at its making or later. */
  readonly annotations: Readonly<Record<string, string>>
  readonly startSeconds: number
  readonly stopSeconds: number
  /** Unset for one that was taken of a stopped server. */
  readonly startLsn?: string
  readonly stopLsn?: string
  /** The WAL segments between them. */
  readonly startSegment?: string
  readonly stopSegment?: string
  /** Size when restored, and what it added to the repository. */
  readonly sizeBytes: number
  readonly storedBytes: number
  /** Labels of the backups that it needs. */
  readonly needs: readonly string[]
  /** Pages with a wrong checksum were copied. */
  readonly hasDamagedPages: boolean
}

export interface StanzaInfo {
  /** Oldest first. */
  readonly backups: readonly StoredBackup[]
  /** `missing`: there is no stanza, or not all of it. `failed`: it could not be read. */
  readonly repositories: readonly {
    readonly number: number
    readonly state: 'ok' | 'missing' | 'failed'
    readonly words: string
  }[]
}

const Range = z.object({ start: z.string().nullable(), stop: z.string().nullable() })

const Info = z.array(
  z.object({
    name: z.string(),
    repo: z.array(
      z.object({ key: z.int(), status: z.object({ code: z.int(), message: z.string() }) }),
    ),
    backup: z.array(
      z.object({
        annotation: z.record(z.string(), z.string()).nullish(),
        archive: Range,
        database: z.object({ 'repo-key': z.int() }),
        error: z.boolean().nullish(),
        info: z.object({
          size: z.int(),
          repository: z.object({ delta: z.int() }),
        }),
        label: z.string(),
        lsn: Range.nullish(),
        reference: z.array(z.string()).nullish(),
        timestamp: z.object({ start: z.int(), stop: z.int() }),
        type: z.enum(['full', 'diff', 'incr']),
      }),
    ),
  }),
)

const kinds = { full: 'full', diff: 'differential', incr: 'incremental' } as const

/** Status codes of info.c: 1 to 3 are a stanza that is not there, not whole, or has no backup yet (2). */
const OK = [0, 2, 4, 5]
const MISSING = [1, 3]

const stateOf = (code: number) =>
  OK.includes(code) ? 'ok' : MISSING.includes(code) ? 'missing' : 'failed'

/**
 * Reads what `pgbackrest info --output=json` prints of one stanza. A repository that cannot be read is no failure of the
 * command and has its words here. Throws BACKUP_FAILED for another text.
 */
export function parseStanzaInfo(text: string, stanza: string): StanzaInfo {
  const found = parseInfo(text).find(({ name }) => name === stanza)
  return {
    backups: (found?.backup ?? []).map(backupOf).toSorted(byStart),
    repositories: (found?.repo ?? []).map(({ key, status }) => ({
      number: key,
      state: stateOf(status.code),
      words: status.message,
    })),
  }
}

function backupOf(b: z.output<typeof Info>[number]['backup'][number]): StoredBackup {
  const { lsn, archive } = b
  return {
    label: b.label,
    repository: b.database['repo-key'],
    kind: kinds[b.type],
    annotations: b.annotation ?? {},
    startSeconds: b.timestamp.start,
    stopSeconds: b.timestamp.stop,
    ...(lsn?.start && lsn.stop ? { startLsn: lsn.start, stopLsn: lsn.stop } : {}),
    ...(archive.start && archive.stop
      ? { startSegment: archive.start, stopSegment: archive.stop }
      : {}),
    sizeBytes: b.info.size,
    storedBytes: b.info.repository.delta,
    needs: b.reference ?? [],
    hasDamagedPages: b.error ?? false,
  }
}

const byStart = (a: StoredBackup, b: StoredBackup): number => a.startSeconds - b.startSeconds

/** The stanzas of `pgbackrest info --output=json` that are there and cannot be read. Throws BACKUP_FAILED for another text. */
export function unreadableStanzas(text: string): string[] {
  return parseInfo(text).flatMap(({ name, repo }) =>
    repo.some(({ status }) => stateOf(status.code) === 'failed') ? [name] : [],
  )
}

function parseInfo(text: string): z.output<typeof Info> {
  const parsed = Info.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError('BACKUP_FAILED', 'pgBackRest told of its backups what we cannot read', {
    cause: parsed.error,
  })
}
