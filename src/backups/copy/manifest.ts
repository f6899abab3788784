import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'

/** One file of a base backup as it was written. */
export interface ManifestFile {
  /** From the data directory: `base/5/16384`. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/** What a base backup holds, and the WAL that makes it consistent. The WAL's own files are not listed: their records have sums. */
export interface Manifest {
  readonly files: readonly ManifestFile[]
  readonly wal: { readonly timeline: number; readonly startLsn: string; readonly stopLsn: string }
}

/**
 * The text of a `backup_manifest` in the format of Postgres's own, version 1 (PostgreSQL manual, 79.1), so that pg_verifybackup of 13 and
 * later reads it. The sum at its end is of all the lines before it.
 */
export function writeManifest({ files, wal }: Manifest): string {
  const range = { Timeline: wal.timeline, 'Start-LSN': wal.startLsn, 'End-LSN': wal.stopLsn }
  const summed = [
    '{ "PostgreSQL-Backup-Manifest-Version": 1,',
    '"Files": [',
    files.map(fileLine).join(',\n'),
    '],',
    '"WAL-Ranges": [',
    line(range),
    '],',
    '',
  ].join('\n')
  return `${summed}"Manifest-Checksum": "${sha256(summed)}"}\n`
}

const fileLine = ({ path, sizeBytes, modifiedAt, sha256 }: ManifestFile): string =>
  line({
    Path: path,
    Size: sizeBytes,
    'Last-Modified': `${modifiedAt.toISOString().slice(0, 19).replace('T', ' ')} GMT`,
    'Checksum-Algorithm': 'SHA256',
    Checksum: sha256,
  })

/** One object on a line, spaced as Postgres does it. */
const line = (value: Record<string, string | number>): string =>
  `{ ${Object.entries(value)
    .map(([name, v]) => `"${name}": ${JSON.stringify(v)}`)
    .join(', ')} }`

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const ManifestText = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.literal(1),
  Files: z.array(
    z.object({
      Path: z.string(),
      Size: z.int(),
      'Last-Modified': z.string(),
      'Checksum-Algorithm': z.literal('SHA256'),
      Checksum: z.string(),
    }),
  ),
  'WAL-Ranges': z.tuple([
    z.object({ Timeline: z.int(), 'Start-LSN': z.string(), 'End-LSN': z.string() }),
  ]),
  'Manifest-Checksum': z.string(),
})

/** Reads a manifest of ours. Throws BACKUP_DAMAGED when it is not as it was written. */
export function readManifest(text: string): Manifest {
  const end = text.lastIndexOf('"Manifest-Checksum"')
  const parsed = ManifestText.safeParse(parseJson(text))
  if (!parsed.success || parsed.data['Manifest-Checksum'] !== sha256(text.slice(0, end))) {
    throw new AppError('BACKUP_DAMAGED', 'the manifest of the backup is not as it was written')
  }
  const { Files: files, 'WAL-Ranges': ranges } = parsed.data
  const [range] = ranges
  return {
    files: files.map((file) => ({
      path: file.Path,
      sizeBytes: file.Size,
      modifiedAt: new Date(file['Last-Modified']),
      sha256: file.Checksum,
    })),
    wal: { timeline: range.Timeline, startLsn: range['Start-LSN'], stopLsn: range['End-LSN'] },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema refuses it, which is the answer.
    return undefined
  }
}
