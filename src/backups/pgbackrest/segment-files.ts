import { basename, join } from 'node:path'
import type { ArchivedSegment } from '../../core/pgbackrest/archive-listing.ts'
import { AppError } from '../../errors/app-error.ts'
import { ensureDirectory, exists, removeTree } from '../../system/files.ts'
import type { Stanza } from './stanza.ts'

/** Exit code of repo-get for a file that is not there. */
const FILE_MISSING = 55

/**
 * Brings segments of the first repository's archive to files of this machine for `work`, by name and packed as they were archived;
 * they are gone afterwards. Not by archive-get, which wants to see a server's data.
 */
export async function withArchived<T>(
  stanza: Stanza,
  segments: readonly ArchivedSegment[],
  work: (paths: ReadonlyMap<string, string>) => Promise<T>,
): Promise<T> {
  const folder = join(stanza.lineage.directory, `fetched-${process.pid}-${++count}`)
  await ensureDirectory(folder, { mode: 0o700, owner: stanza.site.account })
  try {
    const paths = new Map<string, string>()
    for (const { name, path } of segments) {
      const outputFile = join(folder, basename(path))
      const { exitCode } = await stanza.call(['repo-get', path, '--repo=1'], {
        outputFile,
        alsoFine: [FILE_MISSING],
      })
      if (exitCode === 0) paths.set(name, outputFile)
    }
    return await work(paths)
  } finally {
    await removeTree(folder)
  }
}

let count = 0

/** Archives a WAL file of this machine to the repository of a configuration. One that is there with the same content is fine. */
export async function pushSegment(
  stanza: Stanza,
  configFile: string,
  { path, data }: { readonly path: string; readonly data: string },
): Promise<void> {
  if (!(await exists(path))) throw new AppError('BACKUP_FAILED', `the WAL file ${path} is gone`)
  const { files } = stanza
  await stanza.call(
    [
      'archive-push',
      path,
      `--pg1-path=${data}`,
      '--no-archive-async',
      // A push of ours gives nothing up, however much waits.
      '--reset-archive-push-queue-max',
    ],
    { configFile, repo: configFile === files.offsiteConfig ? 2 : 1 },
  )
}
