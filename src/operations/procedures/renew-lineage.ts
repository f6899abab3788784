import { howdahProcedure } from '../dependencies.ts'
import { Renewal, renewLineage } from '../lineage/renew.ts'

/** Begins a new backup history for an instance that goes on as it is; the one before is closed and stays. */
export const lineageRenew = howdahProcedure({
  kind: 'lineage-renew',
  input: Renewal,
  title: ({ project, service }) => `new backup history of ${project}/${service}`,
  subjects: ({ project, service, lineage }) => [
    `${project}/${service}`,
    ...(lineage ? [`lineages/${lineage}`] : []),
  ],
  run: async (renewal, context, d) => renewLineage(context, d, renewal),
})
