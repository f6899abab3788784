import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ProjectName, ServiceName } from '../names.ts'
import { Operation } from '../operation.ts'

/** What an export's operation gives as its output. */
export const ExportOutput = z.object({
  directory: z.string(),
  sizeBytes: z.int(),
  /** Who the files belong to. */
  account: z.string(),
})
export type ExportOutput = z.output<typeof ExportOutput>

export const exportApi = {
  exportInstance: endpoint({
    method: 'POST',
    path: '/v1/instances/{project}/{service}/export',
    summary: 'Copy an instance to a plain data directory that stock Postgres starts',
    needs: 'operator',
    within: 'project',
    input: z.object({
      project: ProjectName,
      service: ServiceName,
      /** Absolute, on the daemon’s machine; must not exist, and its parent must. */
      directory: z.string().startsWith('/'),
      /** The account that the files are to belong to; unset: the one that servers run as. Another one needs root. */
      owner: z.string().optional(),
    }),
    reply: Operation,
  }),
}
