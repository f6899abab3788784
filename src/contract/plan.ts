import { z } from 'zod'
import { Mode } from './instance.ts'
import { ServiceName } from './names.ts'
import { Note } from './project.ts'

/** What an action means to connected clients: nothing, a reload, a restart of the server, or loss of the instance. */
export const Impact = z.enum(['none', 'reload', 'restart', 'destroy'])
export type Impact = z.output<typeof Impact>

export const ActionKind = z.enum([
  'install-engine',
  'create-instance',
  'restore-instance',
  'create-branch',
  'start-instance',
  'change-settings',
  'change-engine',
  'change-password',
  'create-database',
  'change-endpoint',
  'change-backups',
  'start-archiving',
  'renew-lineage',
  'change-offsite',
  'remember-mode',
])

/** One thing that `up` would do, with the sentence that a person reads. */
export const Action = z.object({
  kind: ActionKind,
  service: ServiceName.optional(),
  sentence: z.string(),
  impact: Impact,
})
export type Action = z.output<typeof Action>

/** What `plan` prints and `up` performs. No actions: compose and the world agree. */
export const Plan = z
  .object({
    project: z.string(),
    mode: Mode,
    /** What the mode means here, a sentence. */
    modeMeaning: z.string(),
    actions: z.array(Action),
    notes: z.array(Note),
    /** Instances that compose no longer names; `up` leaves them alone. */
    orphans: z.array(ServiceName),
  })
  .meta({ id: 'Plan' })
export type Plan = z.output<typeof Plan>
