import { join } from 'node:path'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import { exists, type Owner } from '../../system/files.ts'
import { readControlFile } from '../../system/tools/postmaster.ts'
import type { RestTaker } from '../archive-rest.ts'
import { type ArchiveMemory, lookAfterArchive } from './archive.ts'
import { lineageFolder } from './lineage-folder.ts'
import { takeIn } from './take-in.ts'

/** Takes what a server left into a lineage's folder. */
export function restTaker(
  lineage: LineageDocument,
  member: MemberDocument,
  memory: ArchiveMemory,
  owner: Owner | undefined,
): RestTaker {
  const folder = lineageFolder(lineage)
  const { walSegmentBytes: segmentBytes, systemIdentifier } = lineage
  const data = join(member.directory, 'data')
  return {
    segmentBytes,
    owner,
    replacesUnfinished: true,
    begin: async () => {
      if (!(await exists(folder.root))) {
        throw new AppError('REPOSITORY_UNREACHABLE', `the folder ${folder.root} is not there`)
      }
      await lookAfterArchive(lineage, member, memory, owner)
      return (await memory.takeStock()).last?.segment
    },
    take: async (files) => {
      const stock = await memory.takeStock()
      const taken = await takeIn({
        folder,
        segmentBytes,
        systemIdentifier: systemIdentifier || (await readControlFile(data))?.systemIdentifier,
        owner,
        arrivals: files.map((file) => ({
          ...file,
          indexed: stock.has(file.name),
          incoming: false,
        })),
        unindexed: [],
      })
      return taken
        .filter(({ outcome }) => outcome !== 'kept' && outcome !== 'already')
        .map(({ name, sentence }) => ({ name, reason: sentence ?? `${name} is gone` }))
    },
    report: () => lookAfterArchive(lineage, undefined, memory, owner),
  }
}
