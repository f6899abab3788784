import { z } from 'zod'
import { HostName } from '../host.ts'
import { Operation, Step } from '../operation.ts'

/** A step with what it returned; the output is shown to nobody but the operation itself. */
export const StepDocument = Step.extend({
  output: z.unknown().optional(),
  /** When it must have ended, however often a daemon dies meanwhile. */
  deadlineAt: z.iso.datetime().optional(),
})
export type StepDocument = z.output<typeof StepDocument>

export const OperationDocument = Operation.extend({
  format: z.literal(1),
  /** The procedure's own input. Secrets are referred to by name, never held. */
  input: z.unknown(),
  steps: z.array(StepDocument),
  /** In a cluster: the host whose worker runs it. */
  host: HostName.optional(),
})
export type OperationDocument = z.output<typeof OperationDocument>

/** Held by one live operation per subject; the key names the subject. */
export const LockDocument = z.object({ format: z.literal(1), operation: z.string() })
export type LockDocument = z.output<typeof LockDocument>
