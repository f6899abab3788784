import type { DaemonStatus } from '../contract/api/daemon.ts'
import type { LogLine } from '../contract/api/logs.ts'
import type { Dependencies } from '../operations/dependencies.ts'

/** What handlers need of the daemon beside documents and operations. */
export interface Services extends Dependencies {
  readonly daemon: {
    status(): Promise<DaemonStatus>
    /** Ends the daemon once the reply is sent. */
    stop(): void
  }
  readonly caFile: string
  readLog(file: string, options: LogOptions): AsyncIterable<Omit<LogLine, 'service'>>
}

export interface LogOptions {
  readonly follow: boolean
  readonly since?: string | undefined
  readonly tail?: number | undefined
  readonly signal: AbortSignal
}
