import { DatabaseError } from 'pg'
import type { Outcome } from './records.ts'

/** How far an operation had come when it failed. */
export type Progress =
  /** What would commit it was not sent: whatever happened, it is not committed. */
  | 'before-commit'
  /** The commit, or the statement that commits by itself, was handed to the driver. */
  | 'commit-sent'

/**
 * What a failure says about a write. Only a server's own ERROR, which aborts, refuses one whose commit was sent. A FATAL, a
 * lost connection and silence say nothing, and nor do classes 08 and 57P: a pooler speaks so for a server that it lost, and a
 * server that shuts down while a commit waits for its standby has committed already.
 */
export function outcomeOfFailure(error: unknown, progress: Progress): Outcome {
  if (progress === 'before-commit') return 'refused'
  if (!(error instanceof DatabaseError)) return 'unknown'
  const code = error.code ?? ''
  return error.severity === 'ERROR' && !/^(08|57P)/.test(code) ? 'refused' : 'unknown'
}

/** A failure's class: its SQLSTATE or the socket's code, and for a pooler's catch-all code what it said. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const [line = 'no reason'] = (message ?? String(error)).split('\n')
  if (code === undefined) return line
  return error instanceof DatabaseError ? `${code} ${line}` : code
}
