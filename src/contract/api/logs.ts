import { z } from 'zod'
import { stream } from '../endpoint.ts'
import { Instant, ProjectName, ServiceName } from '../names.ts'

/** One line of a server's log. */
export const LogLine = z
  .object({ service: ServiceName, at: Instant.optional(), line: z.string() })
  .meta({ id: 'LogLine' })
export type LogLine = z.output<typeof LogLine>

export const logStreams = {
  watchLogs: stream({
    path: '/v1/instances/{project}/{service}/logs',
    summary: 'Log lines, the oldest first; with `follow`, new ones as they come',
    needs: 'developer',
    within: 'project',
    input: z.object({
      project: ProjectName,
      service: ServiceName,
      follow: z.stringbool().default(false),
      /** Only lines from this moment on. */
      since: Instant.optional(),
      /** At most this many of the newest lines. */
      tail: z.coerce.number<number>().int().min(0).optional(),
    }),
    event: LogLine,
  }),
}
