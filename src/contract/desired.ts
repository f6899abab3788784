import { z } from 'zod'
import { Mode } from './instance.ts'
import { ProjectName, ServiceName } from './names.ts'
import { ManagedSpec, Note } from './project.ts'

/**
 * What the command line sends to the daemon: the managed services of a project and nothing of the others, whose
 * environments hold secrets that are not ours to keep.
 */
export const DesiredProject = z
  .object({
    project: ProjectName,
    directory: z.string(),
    services: z.record(ServiceName, ManagedSpec),
    notes: z.array(Note),
    /** Unset: the mode that the project had, else affordable. */
    mode: Mode.optional(),
    /** Go on when the engine lacks an extension that the image promises. */
    allowMissingExtensions: z.boolean(),
  })
  .meta({ id: 'DesiredProject' })
export type DesiredProject = z.output<typeof DesiredProject>
