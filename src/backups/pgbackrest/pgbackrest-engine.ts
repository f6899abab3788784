import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { pgbackrestFiles } from '../../core/config/pgbackrest.ts'
import { pgbackrestArchiving } from '../../core/config/pgbackrest-archiving.ts'
import { refusalOf } from '../../core/pgbackrest/version-limits.ts'
import { archivedBeyond } from '../../core/wal/beyond-server.ts'
import { expectNoFork } from '../../core/wal/forked-lineage.ts'
import { keptIn } from '../../core/policy/kept-in.ts'
import { archiveRest } from '../archive-rest.ts'
import type { BackupEngine } from '../backup-engine.ts'
import { createCurrentWalReader } from '../copy/current-wal.ts'
import { createTurns } from '../copy/turns.ts'
import { describeLineage, discoverLineages } from './describe.ts'
import { createListingReader } from './fetch-listing.ts'
import { noteFork } from './fork-note.ts'
import { findInArchive } from './find-in-archive.ts'
import { type ArchiveMemory, lookAfterArchive } from './look-after-archive.ts'
import { ensureStanza, forgetOtherStanzas } from './make-stanza.ts'
import { createOffsite } from './offsite.ts'
import { placeRestoreCommand, sourceOf } from './recovery.ts'
import { pruneWal, removeBackup, removeStanza } from './remove-backup.ts'
import { expectSupport, type PgbackrestSite, versionOf } from './site.ts'
import { openStanza } from './stanza.ts'
import { backupsIn, idOf, readAll } from './stored-backups.ts'
import { takeBackup } from './take-backup.ts'
import { restTaker } from './take-rest.ts'
import { verifyBackup } from './verify-backup.ts'
import { createWalFacts } from './wal-facts.ts'

export interface PgbackrestEngine extends BackupEngine {
  /** Whether the program here knows servers of this major. */
  keeps(major: number): boolean
}

/**
 * Keeps lineages with pgBackRest: in a repository that the policy names, or in the lineage's own folder, and in an off-site one as
 * well. `discover` takes the name of a repository, or a folder of lineages.
 */
export function createPgbackrestEngine(site: PgbackrestSite): PgbackrestEngine {
  const memories = new Map<string, ArchiveMemory>()
  const memoryOf = ({ id, directory }: LineageDocument): ArchiveMemory => {
    const known = memories.get(id)
    if (known) return known
    const made: ArchiveMemory = {
      list: createListingReader(1),
      facts: createWalFacts(directory),
      readCurrent: createCurrentWalReader(),
      offsite: createOffsite(),
      missingSince: new Map(),
      compared: new Map(),
      backups: undefined,
    }
    memories.set(id, made)
    return made
  }
  /** What writes what is known of one lineage's WAL waits for one another. */
  const inTurn = createTurns()
  const open = (lineage: LineageDocument) => openStanza(site, lineage)
  const look = (lineage: LineageDocument, member: MemberDocument | undefined) =>
    inTurn(lineage.id, async () => lookAfterArchive(await open(lineage), member, memoryOf(lineage)))

  return {
    kind: 'pgbackrest',
    keeps: (major) => refusalOf(versionOf(site), { major }) === undefined,

    prepare: async (lineage, member) => {
      expectSupport(site, { major: lineage.major })
      const stanza = await open(lineage)
      for (const { repository } of stanza.repositories) expectSupport(site, repository)
      await forgetOtherStanzas(stanza)
      await ensureStanza(stanza, member)
      // It may be about other repositories now.
      memories.delete(lineage.id)
    },
    archiving: (lineage, { major }) => {
      const { id, directory } = lineage
      const files = pgbackrestFiles(directory)
      const isTwofold = keptIn(lineage).offsite !== undefined
      return pgbackrestArchiving({
        major,
        program: site.program.path,
        stanza: id,
        configFile: isTwofold ? files.primaryConfig : files.config,
        ...(isTwofold
          ? { offsite: { configFile: files.offsiteConfig, late: files.offsiteLate } }
          : {}),
      })
    },
    describe: async (lineage) => describeLineage(await open(lineage)),
    discover: (place) => discoverLineages(site, place),

    backup: async (lineage, asked, watch) => {
      const stanza = await open(lineage)
      const memory = memoryOf(lineage)
      const { ranges, problems } = await look(lineage, asked.member)
      expectNoFork(lineage, problems)
      const isThere = (await readAll(stanza)).some((stored) => idOf(stored) === asked.id)
      const backup = await takeBackup(stanza, asked, watch)
      memory.backups = undefined
      // The archive has gone on since one that a dead daemon took.
      if (isThere) return backup
      const { timeline, startLsn: lsn } = backup
      const archived = archivedBeyond(ranges, { timeline, lsn }, lineage.walSegmentBytes)
      if (archived !== undefined) {
        await noteFork(stanza, await memory.list(stanza), { name: archived, pushed: [] })
      }
      try {
        expectNoFork(lineage, (await look(lineage, asked.member)).problems)
      } catch (error) {
        await removeBackup(stanza, backup)
        throw error
      }
      return backup
    },
    backups: async (lineage) => backupsIn(lineage, await readAll(await open(lineage))),
    archive: look,
    archiveRest: (lineage, member) =>
      inTurn(lineage.id, async () =>
        archiveRest(
          member,
          restTaker(site, lineage, () => open(lineage), member, memoryOf(lineage)),
        ),
      ),
    find: (lineage, sought) =>
      inTurn(lineage.id, async () =>
        findInArchive(await open(lineage), memoryOf(lineage).facts, sought),
      ),
    verify: async (lineage, backup, watch) => verifyBackup(await open(lineage), backup, watch),
    // pgBackRest compares each file as it restores it, and fails by itself.
    compare: async () => [],
    remove: async (lineage, backup) => {
      await removeBackup(await open(lineage), backup)
      memoryOf(lineage).backups = undefined
    },
    pruneWal: async (lineage) => pruneWal(await open(lineage)),
    removeLineage: async (lineage) => {
      memories.delete(lineage.id)
      await removeStanza(await open(lineage))
    },

    source: async (lineage, backup) => sourceOf(await open(lineage), backup),
    restoreCommand: async (lineage) => placeRestoreCommand(await open(lineage)),
  }
}
