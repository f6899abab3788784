import type { DaemonStatus } from '../../contract/api/daemon.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'

/** What a check found. `warn`: worth knowing, works as it is. `fail`: something does not work. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** What a person should do; only where there is something to do. */
  readonly whatNow?: string | undefined
}

/** What the checks look at. */
export interface Examined {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The daemon, when it answers. */
  readonly daemon: { readonly client: Daemon; readonly status: DaemonStatus } | undefined
  /** What the daemon answers instead of its status. */
  readonly daemonError: AppError | undefined
}

/** Looks at one thing and never throws for what it finds wrong. */
export type Check = (examined: Examined) => Promise<Finding[]>

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
