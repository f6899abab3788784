import type { BackupEngines } from '../backups/backup-engine.ts'
import type { Account } from '../system/account.ts'
import type { KeyAndCertificate } from '../system/certificate-authority.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

/** What the agent works with on its host. */
export interface AgentEnvironment {
  readonly store: Store
  readonly documents: Documents
  /** The name of this host in a cluster: the agent touches nothing that is another's. Undefined on a machine by itself. */
  readonly host: string | undefined
  /** Keep the servers' lineages. */
  readonly backups: BackupEngines
  /** Who servers run as; undefined: as us. */
  readonly account: Account | undefined
  /** Signs the servers' certificates. */
  readonly authority: KeyAndCertificate
  /** Tells people what happened; never throws. */
  readonly event: (event: AgentEvent) => void
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void
}

export interface AgentEvent {
  readonly severity: 'info' | 'warning' | 'error'
  readonly kind: string
  readonly subject: string
  readonly message: string
}
