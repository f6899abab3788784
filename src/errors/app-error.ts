import { catalog, type ErrorCode } from './catalog.ts'

/** The error as JSON, the same on the wire, in an operation's document and under `--json`. */
export interface ErrorBody {
  readonly code: ErrorCode
  /** What happened to what: names, paths, lines. Never a secret. */
  readonly message: string
  /** What to do next. */
  readonly hint: string
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

interface Options {
  readonly cause?: unknown
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** A better next step than the table's, when the place that throws knows one. */
  readonly hint?: string
}

/** The only error that crosses a module boundary on purpose. Anything else is a defect and becomes INTERNAL. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: Options = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
    this.hint = options.hint ?? catalog[code].hint
  }

  static from(error: unknown): AppError {
    if (error instanceof AppError) return error
    const message = error instanceof Error ? error.message : String(error)
    return new AppError('INTERNAL', message, { cause: error })
  }

  /** Rebuilds the error that a peer sent, or that a document kept. An unknown code (a newer peer's) is INTERNAL. */
  static fromBody(body: ErrorBody): AppError {
    const known = Object.hasOwn(catalog, body.code)
    return new AppError(known ? body.code : 'INTERNAL', body.message, {
      details: body.details,
      hint: body.hint,
    })
  }

  get exit(): number {
    return catalog[this.code].exit
  }
  get status(): number {
    return catalog[this.code].status
  }
  get retry(): 'never' | 'step' | 'later' {
    return catalog[this.code].retry
  }
  toJSON(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details ? { details: this.details } : {}),
    }
  }
}
