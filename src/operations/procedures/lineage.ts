import { z } from 'zod'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Dependencies, howdahProcedure } from '../dependencies.ts'
import { removeLineage } from '../lineage/end.ts'
import { instanceOfLineage } from '../lineage/instance-of.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { refuseRead } from '../lineage/refuse-read.ts'

export const lineageRemove = howdahProcedure({
  kind: 'lineage-remove',
  input: z.object({ lineage: z.string(), of: z.string().optional() }),
  title: ({ lineage, of }) => `removal of the lineage ${lineage}${of ? ` of ${of}` : ''}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage: id }, { id: operation, step }, d) {
    await step('remove', async (s) => {
      if (s.attempt > 1 && !(await d.documents.lineages.get(id))) return
      const lineage = await lineageById(d, id)
      const writer = await instanceOfLineage(d, id)
      if (writer) {
        const message = `“${writer.service}” writes to the lineage ${id}: it is its only history`
        throw new AppError('CHANGE_REFUSED', message)
      }
      await refuseRead(d, id, operation)
      await removeLineage(d, lineage)
    })
  },
})

export const lineageImport = howdahProcedure({
  kind: 'lineage-import',
  /** A folder’s absolute path, or the name of a repository. */
  input: z.object({ place: z.string() }),
  title: ({ place }) => `import of the lineages of ${place}`,
  subjects: ({ place }) => [`lineages/import/${place}`],
  async run({ place }, { step }, d) {
    const ids = await step('look for lineages', async () => {
      const found = await discover(d, place)
      if (found.length === 0) {
        throw new AppError('LINEAGE_NOT_FOUND', `${place} holds no lineage of ours`)
      }
      // The hosts that they were on are of another cluster.
      for (const { host: _there, ...lineage } of found) {
        if (await d.documents.lineages.get(lineage.id)) continue
        // Nobody writes to it here, and its time before it goes counts from now on.
        const closedAt = new Date().toISOString()
        const ours = { ...lineage, closedAt, ...(d.host === undefined ? {} : { host: d.host }) }
        await d.store.write([d.documents.lineages.put([lineage.id], ours, 0)])
      }
      return found.map((l) => l.id)
    })
    for (const id of ids) {
      await step(`list the backups of ${id}`, async () => {
        const lineage = await lineageById(d, id)
        const engine = d.backups.of(lineage)
        const backups = await engine.backups(lineage)
        const archive = await engine.archive(lineage, undefined)
        await d.store.write([
          ...backups.map((b) => d.documents.backups.put([id, b.id], { format: 1, ...b })),
          d.documents.archives.put([id], { format: 1, ...archive }),
        ])
      })
    }
    return { lineages: ids }
  },
})

/** Of a folder each engine knows its own; a host without pgBackRest cannot use what that keeps. */
async function discover(d: Dependencies, place: string): Promise<LineageDocument[]> {
  const pgbackrest = () => d.backups.of({ engine: 'pgbackrest' }).discover(place)
  if (!place.startsWith('/')) return pgbackrest()
  const copies = await d.backups.of({ engine: 'copy' }).discover(place)
  try {
    const others = (await pgbackrest()).filter(({ engine }) => engine === 'pgbackrest')
    return [...copies, ...others]
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_SUPPORTED') throw error
    return copies
  }
}
