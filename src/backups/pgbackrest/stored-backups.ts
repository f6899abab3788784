import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { formatLsn } from '../../core/wal/lsn.ts'
import { segmentPlace } from '../../core/wal/segment-name.ts'
import { parseStanzaInfo, type StanzaInfo, type StoredBackup } from '../../core/pgbackrest/info.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Stanza } from './stanza.ts'

/** What a backup is given at its making, so that any machine knows it again. */
export const ANNOTATIONS = {
  id: 'howdah-id',
  version: 'howdah-version',
  name: 'howdah-name',
  /** Of a stopped server: where its WAL ended, `0/3000028`, and on which timeline; pgBackRest keeps neither. */
  lsn: 'howdah-lsn',
  timeline: 'howdah-timeline',
  /** It does not count any more, and goes as soon as pgBackRest lets it go. */
  removed: 'howdah-removed',
} as const

/** The backups in one repository of a stanza that count. Throws REPOSITORY_UNREACHABLE. */
export async function readInfo(stanza: Stanza, repo: number): Promise<StanzaInfo> {
  const info = await readWhole(stanza, repo)
  return { ...info, backups: info.backups.filter((b) => !isRemoved(b)) }
}

export const isRemoved = ({ annotations }: StoredBackup): boolean =>
  annotations[ANNOTATIONS.removed] !== undefined

/** The same with those that are removed and still there. */
export async function readWhole(stanza: Stanza, repo: number): Promise<StanzaInfo> {
  const { stdout } = await stanza.call(['info', '--output=json', `--repo=${repo}`])
  const info = parseStanzaInfo(stdout, stanza.lineage.id)
  const failed = info.repositories.find(({ state }) => state === 'failed')
  if (!failed) return info
  const name = stanza.repositories[repo - 1]?.repository.name
  const [sentence = ''] = failed.words.split('\n')
  const message = `the repository “${name}” cannot be read: ${sentence}`
  throw new AppError('REPOSITORY_UNREACHABLE', message)
}

/** The backups in all repositories; those of one that is away are left out, but for the only one that is there. */
export async function readAll(stanza: Stanza): Promise<StoredBackup[]> {
  const asked = stanza.repositories.map((_, index) => readInfo(stanza, index + 1))
  const answers = await Promise.allSettled(asked)
  const found = answers.filter((answer) => answer.status === 'fulfilled')
  if (found.length === 0) await asked[0]
  return found.flatMap(({ value }) => value.backups)
}

/** The id that we know it by: ours, or for one that a person took with pgBackRest itself, its label. */
export const idOf = ({ annotations, label }: StoredBackup): string =>
  annotations[ANNOTATIONS.id] ?? label

/** One of each id, the first repository's before the off-site one's, oldest first. */
export function backupsIn(lineage: LineageDocument, backups: readonly StoredBackup[]): Backup[] {
  const byRepository = backups.toSorted((a, b) => a.repository - b.repository)
  const found = new Map<string, Backup>()
  for (const stored of byRepository) {
    const id = idOf(stored)
    if (!found.has(id)) found.set(id, describe(lineage, stored))
  }
  return [...found.values()].toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
}

function describe(lineage: LineageDocument, stored: StoredBackup): Backup {
  const { annotations, startSegment } = stored
  const { startLsn, stopLsn, timeline } = placeOf(stored, lineage)
  return {
    id: idOf(stored),
    lineage: lineage.id,
    engine: 'pgbackrest',
    kind: stored.kind,
    startedAt: instant(stored.startSeconds),
    // pgBackRest keeps whole seconds: the copy may have ended within this one.
    finishedAt: instant(stored.stopSeconds + 1),
    startLsn,
    stopLsn,
    timeline,
    version: annotations[ANNOTATIONS.version] ?? lineage.recipe.version,
    sizeBytes: stored.sizeBytes,
    storedBytes: stored.storedBytes,
    cold: startSegment === undefined,
    ...(annotations[ANNOTATIONS.name] ? { name: annotations[ANNOTATIONS.name] } : {}),
    ...(stored.hasDamagedPages
      ? { damage: 'pages with a wrong checksum were in the data when it was copied' }
      : {}),
  }
}

function placeOf(stored: StoredBackup, { walSegmentBytes }: LineageDocument) {
  const { startSegment, startLsn, stopLsn, annotations } = stored
  if (startSegment !== undefined && startLsn !== undefined && stopLsn !== undefined) {
    const { timeline } = segmentPlace(startSegment, walSegmentBytes)
    return { startLsn, stopLsn, timeline }
  }
  const lsn = annotations[ANNOTATIONS.lsn] ?? formatLsn(0n)
  return { startLsn: lsn, stopLsn: lsn, timeline: Number(annotations[ANNOTATIONS.timeline] ?? 1) }
}

const instant = (seconds: number): string => new Date(seconds * 1000).toISOString()
