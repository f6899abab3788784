import type { DaemonStatus } from '../contract/api/daemon.ts'
import type { Listening } from '../contract/listening.ts'
import type { LogLine } from '../contract/api/logs.ts'
import type { RepositoryCheck } from '../contract/repository.ts'
import type { Dependencies } from '../operations/dependencies.ts'
import type { RepositoryAccess } from '../operations/repositories.ts'
import type { Peers } from './forward/peers.ts'

/** What handlers need of the daemon beside documents and operations. */
export interface Services extends Dependencies {
  readonly daemon: {
    status(): Promise<DaemonStatus>
    /** Ends the daemon once the reply is sent. */
    stop(): void
  }
  readonly caFile: string
  /** Where calls about another host’s instances go. */
  readonly peers: Peers
  /** Files that callers from elsewhere sent. */
  readonly uploads: {
    keep(name: string, bytes: Uint8Array): Promise<string>
    has(path: string): boolean
  }
  /** The door for callers from elsewhere. */
  readonly remote: {
    listening(): Listening | undefined
    /** CANNOT_LISTEN with the reason; what was served before goes on then. */
    listen(wanted: Pick<Listening, 'address' | 'port' | 'names'>): Promise<Listening>
    /** False when nothing was served. */
    stop(): Promise<boolean>
  }
  readonly repositories: {
    /** Makes its folder where it is one of this machine. NOT_SUPPORTED when pgBackRest here cannot use such a repository. */
    admit(access: RepositoryAccess): Promise<void>
    check(access: RepositoryAccess): Promise<RepositoryCheck>
  }
  readLog(file: string, options: LogOptions): AsyncIterable<Omit<LogLine, 'service'>>
}

export interface LogOptions {
  readonly follow: boolean
  readonly since?: string | undefined
  readonly tail?: number | undefined
  readonly signal: AbortSignal
}
