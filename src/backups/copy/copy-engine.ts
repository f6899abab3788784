import { join } from 'node:path'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { archivingSettings, fetchScript, restoreCommand } from '../../core/config/archiving.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import { describeRate } from '../../core/describe-rate.ts'
import { archivedBeyond } from '../../core/wal/beyond-server.ts'
import { expectNoFork } from '../../core/wal/forked-lineage.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { segmentName } from '../../core/wal/segment-name.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import { namesIn } from '../../system/entries.ts'
import { ensureDirectory, exists, readText, removeTree, writeAtomic } from '../../system/files.ts'
import { placeNodeProgram } from '../../system/node-program.ts'
import { archiveRest } from '../archive-rest.ts'
import type { BackupEngine } from '../backup-engine.ts'
import { type ArchiveMemory, lookAfterArchive } from './archive.ts'
import { removeBase, takeBase } from './base-backup.ts'
import { listBases, readBaseNote } from './bases.ts'
import { ownData, ownWal } from './belongings.ts'
import type { CopyingDriver } from './copy-for-base.ts'
import { compareBase } from './compare-base.ts'
import { createCurrentWalReader } from './current-wal.ts'
import { describeLineage, lineagesIn } from './description.ts'
import { findInWal } from './find-in-wal.ts'
import { createStockTaker } from './inventory.ts'
import { baseFolder, lineageFolder, openToGroup } from './lineage-folder.ts'
import { pruneWal } from './prune-wal.ts'
import { restTaker } from './take-rest.ts'
import { createTurns } from './turns.ts'
import { verifyBase } from './verify-base.ts'
import { walOfBackup } from './wal-of-backup.ts'

export interface CopySite {
  readonly home: string
  /** Who servers run as; undefined: as us. */
  readonly account: Account | undefined
  readonly driver: CopyingDriver
}

/** Keeps lineages as plain files on this machine: copies of data directories, and the WAL between them. Needs no program but Postgres and Node. */
export function createCopyEngine({ home, account, driver }: CopySite): BackupEngine {
  const memories = new Map<string, ArchiveMemory>()
  const memoryOf = ({ directory, walSegmentBytes }: LineageDocument): ArchiveMemory => {
    const known = memories.get(directory)
    if (known) return known
    const made: ArchiveMemory = {
      takeStock: createStockTaker(lineageFolder({ directory }), walSegmentBytes),
      readCurrent: createCurrentWalReader(),
      unreadable: new Map(),
      lostSince: new Map(),
      beyond: new Map(),
      swept: false,
    }
    memories.set(directory, made)
    return made
  }
  /** What writes the index of one lineage waits for one another. */
  const inTurn = createTurns()
  const look = (lineage: LineageDocument, member: MemberDocument | undefined) =>
    inTurn(lineage.directory, () => lookAfterArchive(lineage, member, memoryOf(lineage), account))

  return {
    kind: 'copy',

    prepare: async (lineage) => {
      const folder = lineageFolder(lineage)
      await ensureDirectory(folder.root, { mode: 0o711 })
      await ensureDirectory(folder.incoming, { mode: 0o700, owner: account })
      await ensureDirectory(folder.wal, openToGroup(account))
      await ensureDirectory(folder.bases, { mode: 0o711 })
    },
    archiving: (lineage, { major, features }) =>
      archivingSettings({ major, features, incoming: lineageFolder(lineage).incoming }),
    describe: describeLineage,
    discover: async (directory) =>
      (await lineagesIn(directory)).filter(({ engine }) => engine === 'copy'),

    backup: async (lineage, asked, watch) => {
      await expectFolder(lineage)
      const memory = memoryOf(lineage)
      const { ranges, problems } = await look(lineage, asked.member)
      expectNoFork(lineage, problems)
      return takeBase(driver, lineage, asked, watch, async ({ timeline, startLsn: lsn }) => {
        const archived = archivedBeyond(ranges, { timeline, lsn }, lineage.walSegmentBytes)
        if (archived !== undefined) memory.beyond.set(archived, new Date())
        // What the server archived meanwhile may show it too.
        expectNoFork(lineage, (await look(lineage, asked.member)).problems)
      })
    },
    backups: async (lineage) => {
      await expectFolder(lineage)
      return listBases(lineageFolder(lineage))
    },
    archive: async (lineage, member) => {
      await expectFolder(lineage)
      return look(lineage, member)
    },
    archiveRest: (lineage, member) =>
      inTurn(lineage.directory, () =>
        archiveRest(member, restTaker(lineage, member, memoryOf(lineage), account)),
      ),
    find: async (lineage, sought) => {
      await expectFolder(lineage)
      const { lines } = await memoryOf(lineage).takeStock()
      const folder = lineageFolder(lineage)
      return findInWal({ folder, segmentBytes: lineage.walSegmentBytes, lines, sought })
    },
    verify: async (lineage, backup, { signal, report }) => {
      await expectFolder(lineage)
      const folder = lineageFolder(lineage)
      const note = await readBaseNote(folder, backup.id)
      if (!note) {
        const where = baseFolder(folder, backup.id).note
        return [{ where, kind: 'missing', sentence: `the backup ${backup.id} is not there` }]
      }
      const stock = await memoryOf(lineage).takeStock()
      const segmentBytes = lineage.walSegmentBytes
      const wal = walOfBackup(backup, stock, segmentBytes)
      const startedMs = performance.now()
      let readBytes = 0
      return verifyBase(
        { folder, id: backup.id, damagedPages: note.damagedPages, wal, segmentBytes },
        {
          signal,
          background: true,
          onNote: (bytes) => {
            readBytes += bytes
            const rate = describeRate(readBytes, performance.now() - startedMs)
            report(`${describeBytes(readBytes)} verified${rate === undefined ? '' : `, ${rate}`}`)
          },
        },
      )
    },
    compare: async (lineage, { id, sizeBytes }, { signal, report }) => {
      await expectFolder(lineage)
      let readBytes = 0
      return compareBase(
        { folder: lineageFolder(lineage), id },
        {
          signal,
          onNote: (bytes) => {
            readBytes += bytes
            report(`${describeBytes(readBytes)} of ${describeBytes(sizeBytes)} compared`)
          },
        },
      )
    },
    remove: (lineage, { id }) => removeBase(lineageFolder(lineage), id),
    pruneWal: async (lineage, oldest) => {
      await expectFolder(lineage)
      return inTurn(lineage.directory, async () =>
        pruneWal(lineage, oldest, await memoryOf(lineage).takeStock()),
      )
    },
    removeLineage: async (lineage) => {
      const { root, description, bases } = lineageFolder(lineage)
      memories.delete(root)
      // First what says that there is one.
      await removeTree(description)
      // Before their files: who copies one of them sees that it went.
      for (const id of await namesIn(bases)) await removeBase(lineageFolder(lineage), id)
      await removeTree(root)
    },

    source: async (lineage, { id, timeline, startLsn }, { durable }) => {
      const folder = lineageFolder(lineage)
      const { data } = baseFolder(folder, id)
      if (!(await exists(data))) {
        throw new AppError('BACKUP_NOT_FOUND', `the backup ${id} is not in ${lineage.directory}`)
      }
      await ownData(data, account)
      const { walSegmentBytes: segmentBytes } = lineage
      const first = segmentName(timeline, lsnOf(startLsn), segmentBytes)
      const wal = { directory: folder.wal, segmentBytes, first }
      return { kind: 'copy', directory: data, durable, recover: true, wal }
    },
    restoreCommand: async (lineage) => {
      await expectFolder(lineage)
      await ownWal(lineage, account)
      const run = join(home, 'run')
      const placed = await placeNodeProgram('wal-fetch', run, account)
      const script = join(run, 'wal-fetch.sh')
      if ((await readText(script)) !== fetchScript) {
        await writeAtomic(script, fetchScript, { mode: 0o644 })
      }
      const { wal } = lineageFolder(lineage)
      return restoreCommand({ ...placed, script, wal, segmentBytes: lineage.walSegmentBytes })
    },
  }
}

async function expectFolder({ id, directory }: LineageDocument): Promise<void> {
  if (await exists(directory)) return
  throw new AppError('REPOSITORY_UNREACHABLE', `the folder of the lineage ${id} is not there`, {
    details: { lineage: id, directory },
  })
}
