import type { Backup } from '../../contract/backup.ts'
import type { ArchiveListing } from '../../core/pgbackrest/archive-listing.ts'
import type { StoredBackup } from '../../core/pgbackrest/info.ts'
import { AppError } from '../../errors/app-error.ts'
import { removeTree } from '../../system/files.ts'
import { DESCRIPTIONS } from './describe.ts'
import { fetchListing } from './fetch-listing.ts'
import type { Stanza } from './stanza.ts'
import { ANNOTATIONS, idOf, isRemoved, readInfo, readWhole } from './stored-backups.ts'

/** pgBackRest keeps the last full backup of a repository whatever it is told. */
const LAST_FULL_STAYS = 104

/**
 * Removes a backup from each repository. Throws CHANGE_REFUSED for one that another in the first repository builds on. The off-site
 * one keeps it for as long as it was told to, while another there builds on it, and while it is away. Safe to repeat.
 */
export async function removeBackup(stanza: Stanza, { id }: Pick<Backup, 'id'>): Promise<void> {
  await inEach(stanza, async (repo) => {
    const { backups } = await readInfo(stanza, repo)
    const keepMs = (repo > 1 && stanza.repositories[repo - 1]?.repository.keepMs) || 0
    const isDue = ({ stopSeconds }: StoredBackup): boolean =>
      Date.now() - stopSeconds * 1000 >= keepMs
    for (const stored of backups.filter((b) => idOf(b) === id && isDue(b))) {
      const user = backups.find((b) => b.needs.includes(stored.label))
      if (user && repo > 1) continue
      if (user) {
        const message = `the backup ${idOf(user)} builds on ${id}, which stays for as long`
        throw new AppError('CHANGE_REFUSED', message, { hint: 'Remove that one first.' })
      }
      const removed = `--annotation=${ANNOTATIONS.removed}=${new Date().toISOString()}`
      await stanza.call(['annotate', `--repo=${repo}`, `--set=${stored.label}`, removed])
    }
    await sweep(stanza, repo)
  })
}

/** Takes what is removed out of a repository; the last full backup goes when there is another. */
async function sweep(stanza: Stanza, repo: number): Promise<void> {
  const { backups } = await readWhole(stanza, repo)
  for (const { label } of backups.filter(isRemoved).toReversed()) {
    const args = ['expire', `--repo=${repo}`, `--set=${label}`]
    await stanza.call(args, { alsoFine: [LAST_FULL_STAYS] })
  }
}

/**
 * Removes the WAL before the oldest full backup of each repository. pgBackRest counts full backups and not places, so all that are
 * there are told to keep theirs; of WAL that only smaller backups before the first full one would need there is none.
 */
export async function pruneWal(stanza: Stanza): Promise<{ segments: number; bytes: number }> {
  const removed = { segments: 0, bytes: 0 }
  await inEach(stanza, async (repo) => {
    await sweep(stanza, repo)
    const { backups } = await readWhole(stanza, repo)
    const fulls = backups.filter(({ kind }) => kind === 'full')
    // A cold one has no place in the WAL that pgBackRest knows.
    if (fulls.length === 0 || fulls.some((b) => b.startSegment === undefined)) return
    const before = await fetchListing(stanza, repo)
    await stanza.call([
      'expire',
      `--repo=${repo}`,
      `--repo${repo}-retention-archive-type=full`,
      `--repo${repo}-retention-archive=${fulls.length}`,
    ])
    const after = await fetchListing(stanza, repo)
    removed.segments += before.segments.length - after.segments.length
    removed.bytes += storedBytesOf(before) - storedBytesOf(after)
  })
  return removed
}

/** In one repository after the other; an off-site one that is away does not keep the first from it. */
async function inEach({ repositories }: Stanza, work: (repo: number) => Promise<void>) {
  for (const index of repositories.keys()) {
    try {
      await work(index + 1)
    } catch (error) {
      // Told with its archive; the same is asked of it again with the next clean-up.
      const isAway = error instanceof AppError && error.code === 'REPOSITORY_UNREACHABLE'
      if (index === 0 || !isAway) throw error
    }
  }
}

/** Removes all of a lineage: what each repository has of it, then its folder here. Safe to repeat. */
export async function removeStanza(stanza: Stanza): Promise<void> {
  const { lineage, repositories } = stanza
  for (const index of repositories.keys()) {
    // pgBackRest's own stanza-delete wants to see the server stopped, which may be gone long since.
    for (const folder of ['backup', 'archive', DESCRIPTIONS]) {
      const args = ['repo-rm', `${folder}/${lineage.id}`, '--recurse', `--repo=${index + 1}`]
      await stanza.call(args, { stanza: false })
    }
  }
  await removeTree(lineage.directory)
}

const storedBytesOf = ({ segments }: ArchiveListing): number =>
  segments.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
