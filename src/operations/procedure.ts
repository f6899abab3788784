import type { z } from 'zod'

/**
 * A durable piece of work. `run` may be entered many times; each step's body runs until it has succeeded once.
 * So: side effects only inside steps, and every step safe to repeat after it died half-way.
 */
export interface Procedure<S extends z.ZodType = z.ZodType, D = unknown> {
  readonly kind: string
  readonly input: S
  /** What a person calls it: `up of shop`. */
  title(input: z.output<S>): string
  /** What it holds alone while it lives: `project` or `project/service`. */
  subjects(input: z.output<S>): string[]
  /** What it returns is kept as the operation's output. */
  run(input: z.output<S>, context: Context, dependencies: D): Promise<unknown>
}

export interface Context {
  /** The operation's own id. */
  readonly id: string
  /** Aborted when the daemon stops or the operation's claim is lost; never by a cancel, see `step`. */
  readonly signal: AbortSignal
  /**
   * Runs `body` once and keeps what it returned; a resumed operation gets the kept value. A step that failed for good
   * throws the same error again. A cancelled operation ends before its next step with OPERATION_CANCELLED, or within one
   * that `endsOnCancel`.
   */
  readonly step: <T>(
    name: string,
    body: (step: StepContext) => Promise<T>,
    options?: StepOptions,
  ) => Promise<T>
}

export interface StepContext {
  readonly signal: AbortSignal
  /** 1 unless the step was begun before: then half of it may have happened. */
  readonly attempt: number
  /** The newest word for people who watch. */
  readonly report: (progress: string) => void
}

export interface StepOptions {
  /** How often an error with retry class `step` is tried again; 3 when not said. */
  readonly attempts?: number
  /** Counted from the first beginning, over restarts of the daemon; then DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number
  /** For steps that clean up: run even when the operation was cancelled. */
  readonly evenIfCancelled?: boolean
  /** For steps that take long: a cancel aborts the step's own signal, and its body is undone like that of a failed one. */
  readonly endsOnCancel?: boolean
}

/** Lets a procedure's input type follow its schema. */
export const procedure =
  <D>() =>
  <S extends z.ZodType>(p: Procedure<S, D>): Procedure<S, D> =>
    p
