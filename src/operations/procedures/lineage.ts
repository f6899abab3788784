import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import { howdahProcedure } from '../dependencies.ts'
import { removeLineage } from '../lineage/end.ts'
import { instanceOfLineage } from '../lineage/instance-of.ts'
import { lineageById } from '../lineage/lineage-of.ts'

export const lineageRemove = howdahProcedure({
  kind: 'lineage-remove',
  input: z.object({ lineage: z.string() }),
  title: ({ lineage }) => `removal of the lineage ${lineage}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage: id }, { step }, d) {
    await step('remove', async (s) => {
      if (s.attempt > 1 && !(await d.documents.lineages.get(id))) return
      const lineage = await lineageById(d, id)
      const writer = await instanceOfLineage(d, id)
      if (writer) {
        const message = `“${writer.service}” writes to the lineage ${id}: it is its only history`
        throw new AppError('CHANGE_REFUSED', message)
      }
      await removeLineage(d, lineage)
    })
  },
})

export const lineageImport = howdahProcedure({
  kind: 'lineage-import',
  input: z.object({ directory: z.string() }),
  title: ({ directory }) => `import of the lineages of ${directory}`,
  subjects: ({ directory }) => [`lineages/import/${directory}`],
  async run({ directory }, { step }, d) {
    const ids = await step('look for lineages', async () => {
      const found = await d.backups.of({ engine: 'copy' }).discover(directory)
      if (found.length === 0) {
        throw new AppError('LINEAGE_NOT_FOUND', `${directory} holds no lineage of ours`)
      }
      for (const lineage of found) {
        if (await d.documents.lineages.get(lineage.id)) continue
        // Nobody writes to it here, and its time before it goes counts from now on.
        const closedAt = new Date().toISOString()
        await d.store.write([d.documents.lineages.put([lineage.id], { ...lineage, closedAt }, 0)])
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
