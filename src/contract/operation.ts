import { z } from 'zod'
import { Instant, OperationId } from './names.ts'

export const ErrorBodySchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

export const StepState = z.enum(['running', 'done', 'failed'])

/** A named piece of an operation. What it returned is kept, so that a resumed operation does not repeat it. */
export const Step = z.object({
  name: z.string(),
  state: StepState,
  /** 1 for the first try; more when a daemon died in it or it was retried. */
  attempt: z.int(),
  startedAt: Instant,
  finishedAt: Instant.optional(),
  /** The newest word on how far it is, for people. */
  progress: z.string().optional(),
  error: ErrorBodySchema.optional(),
})
export type Step = z.output<typeof Step>

export const OperationState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export type OperationState = z.output<typeof OperationState>

/** A durable piece of work. */
export const Operation = z
  .object({
    id: OperationId,
    /** `up`, `down`, `restart`, `start`, `stop`, `snapshot-create`, … */
    kind: z.string(),
    /** What a person would call it: `up of shop`. */
    title: z.string(),
    /** The instances it holds while it lives, as `project/service`. */
    subjects: z.array(z.string()),
    state: OperationState,
    steps: z.array(Step),
    cancelRequested: z.boolean(),
    createdAt: Instant,
    finishedAt: Instant.optional(),
    output: z.unknown().optional(),
    error: ErrorBodySchema.optional(),
  })
  .meta({ id: 'Operation' })
export type Operation = z.output<typeof Operation>

/** Something that happened, kept for people: `howdah events`. */
export const Event = z
  .object({
    id: z.string(),
    at: Instant,
    severity: z.enum(['info', 'warning', 'error']),
    /** `project/service` where it concerns one. */
    subject: z.string().optional(),
    /** Stable word for scripts: `instance-crashed`, `instance-ready`, … */
    kind: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Event' })
export type Event = z.output<typeof Event>
