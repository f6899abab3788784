import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Refused, RestTaker } from '../archive-rest.ts'
import { byWalOrder } from '../copy/incoming.ts'
import { fetchListing } from './fetch-listing.ts'
import { type ArchiveMemory, lookAfterArchive } from './look-after-archive.ts'
import { pushSegment } from './segment-files.ts'
import type { PgbackrestSite } from './site.ts'
import { dataOf, type Stanza } from './stanza.ts'

/** Takes what a server left into a lineage's first repository; the off-site one gets it from there as it gets everything. */
export function restTaker(
  { account: owner }: Pick<PgbackrestSite, 'account'>,
  lineage: LineageDocument,
  /** The stanza of the lineage, whose repository may not be there any more. */
  open: () => Promise<Stanza>,
  member: MemberDocument,
  memory: ArchiveMemory,
): RestTaker {
  const data = dataOf(member)
  return {
    segmentBytes: lineage.walSegmentBytes,
    owner,
    // It refuses another content under a name that it has.
    replacesUnfinished: false,
    begin: async () => {
      const { segments } = await fetchListing(await open(), 1)
      return segments
        .map(({ name }) => name)
        .toSorted(byWalOrder)
        .at(-1)
    },
    take: async (wanted) => {
      const stanza = await open()
      const { files, repositories } = stanza
      const configFile = repositories.length > 1 ? files.primaryConfig : files.config
      const refused: Refused[] = []
      for (const { name, path } of wanted) {
        // Behind one that is missing there is nothing to come back, and each try of a store that is away takes minutes.
        const [first] = refused
        if (first) {
          refused.push({ name, reason: first.reason })
          continue
        }
        try {
          await pushSegment(stanza, configFile, { path, data })
        } catch (error) {
          refused.push({ name, reason: AppError.from(error).message })
        }
      }
      return refused
    },
    report: async () => lookAfterArchive(await open(), undefined, memory),
  }
}
