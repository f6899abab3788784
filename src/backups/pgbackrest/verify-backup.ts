import type { Backup } from '../../contract/backup.ts'
import { parseVerifyReport, type VerifyReport } from '../../core/pgbackrest/verify-report.ts'
import type { StoredBackup } from '../../core/pgbackrest/info.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { segmentName, segmentStart } from '../../core/wal/segment-name.ts'
import { walHoles, walRanges } from '../../core/wal/ranges.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Damage } from '../backup-engine.ts'
import { fetchListing } from './fetch-listing.ts'
import type { Stanza } from './stanza.ts'
import { idOf, readAll } from './stored-backups.ts'

/** A terabyte in a day is 12 MB/s. A repository that hangs is found out by pgBackRest itself, long before. */
const TIMEOUT_MS = 24 * 60 * 60 * 1000
/** So many names of one kind say it all. */
const NAMED = 20

/**
 * Has pgBackRest read a repository and compare each file with its checksum; what concerns the backup, those that it needs, and the
 * WAL from its start on is the answer. Holes in the WAL are found here: pgBackRest takes the ends of one for two good stretches.
 */
export async function verifyBackup(
  stanza: Stanza,
  { id, timeline, startLsn }: Backup,
  { signal, report }: Watch,
): Promise<Damage[]> {
  const stored = (await readAll(stanza)).find((b) => idOf(b) === id)
  if (!stored) return [{ where: id, kind: 'missing', sentence: `the backup ${id} is not there` }]
  const repo = stored.repository
  report(`reading the repository “${stanza.repositories[repo - 1]?.repository.name}”`)
  const { stdout } = await stanza.call(
    ['verify', `--repo=${repo}`, '--output=text', '--verbose', '--log-level-console=info'],
    { signal, timeoutMs: TIMEOUT_MS, background: true },
  )
  const verified = parseVerifyReport(stdout)
  if (!verified) throw new AppError('BACKUP_FAILED', 'pgBackRest verified nothing of the lineage')
  const { walSegmentBytes } = stanza.lineage
  const from = segmentName(
    timeline,
    segmentStart(lsnOf(startLsn), walSegmentBytes),
    walSegmentBytes,
  )
  return [
    ...damagedPages(stored),
    ...backupDamage(stored, verified),
    ...walDamage(from, verified),
    ...(await holes(stanza, stored, from)),
  ]
}

const damagedPages = ({ hasDamagedPages, label }: StoredBackup): Damage[] =>
  hasDamagedPages
    ? [
        {
          where: label,
          kind: 'page',
          sentence: `pages with a wrong checksum were in the data when ${label} was copied`,
        },
      ]
    : []

function backupDamage(stored: StoredBackup, { results, files }: VerifyReport): Damage[] {
  const labels = [stored.label, ...stored.needs]
  return labels.flatMap((label) => {
    const result = results.find((r) => r.label === label)
    if (result?.isValid) return []
    const named = files.filter(({ path }) => path.startsWith(`${label}/`)).slice(0, NAMED)
    const damage = named.map(({ path, kind }): Damage => ({
      where: path,
      kind,
      sentence: sentenceOf(path, kind),
    }))
    if (damage.length > 0) return damage
    const sentence = result
      ? `${label} is not whole: files or its list of files cannot be read`
      : `${label} is not there`
    return [{ where: label, kind: 'missing', sentence }]
  })
}

function walDamage(from: string, { files }: VerifyReport): Damage[] {
  return files.flatMap(({ path, kind }): Damage[] => {
    const [, segment] = /\/([0-9A-F]{24})-[0-9a-f]{40}/.exec(path) ?? []
    if (segment === undefined || !isFrom(segment, from)) return []
    return [{ where: segment, kind, sentence: sentenceOf(`the WAL file ${segment}`, kind) }]
  })
}

async function holes(stanza: Stanza, stored: StoredBackup, from: string): Promise<Damage[]> {
  const { segments } = await fetchListing(stanza, stored.repository)
  const segmentBytes = stanza.lineage.walSegmentBytes
  const kept = segments.filter(({ name }) => isFrom(name, from))
  const ranges = walRanges(
    kept.map(({ name }) => ({ segment: name })),
    segmentBytes,
  )
  const beginning = stored.startSegment === undefined || kept.some(({ name }) => name === from)
  return [
    ...(beginning ? [] : [missing(from, 'the WAL that the backup begins with is not archived')]),
    ...walHoles({ ranges, segmentBytes }).map(({ first, last, segments: count }) =>
      missing(
        first,
        count === 1
          ? `the WAL file ${first} is missing in the middle`
          : `${count} WAL files from ${first} to ${last} are missing in the middle`,
      ),
    ),
  ]
}

const missing = (where: string, sentence: string): Damage => ({ where, kind: 'missing', sentence })

/** Of the same timeline or a later one, and not before this place. */
const isFrom = (segment: string, from: string): boolean =>
  segment.slice(0, 8) >= from.slice(0, 8) && segment.slice(8) >= from.slice(8)

const sentenceOf = (what: string, kind: 'missing' | 'changed'): string =>
  kind === 'missing' ? `${what} is missing` : `${what} is not as it was written`
