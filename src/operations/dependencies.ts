import type { BackupEngines } from '../backups/backup-engine.ts'
import type { Driver } from '../drivers/driver.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import type { HostMachine } from './host/machine.ts'
import type { Procedure } from './procedure.ts'
import { procedure } from './procedure.ts'

/** What procedures work with; the daemon puts it together. */
export interface Dependencies {
  readonly store: Store
  readonly documents: Documents
  readonly driver: Driver
  readonly backups: BackupEngines
  readonly secrets: Secrets
  readonly event: (event: NewEvent) => Promise<void>
  /** The name of this host in a cluster; undefined on a machine by itself. */
  readonly host: string | undefined
  readonly machine: HostMachine
  /** Short, random, unique: an instance's id. */
  readonly newId: () => string
}

/** Seals values under the home's key; a sealed value opens only under the name it was sealed for. */
export interface Secrets {
  seal(name: string, value: string): string
  open(name: string, sealed: string): string
  /** A keyed hash, to see a change without keeping the value. */
  fingerprint(name: string, value: string): string
  /** A password as Postgres stores it. */
  scramVerifier(password: string): string
}

export interface NewEvent {
  readonly severity: 'info' | 'warning' | 'error'
  readonly kind: string
  readonly subject?: string
  readonly message: string
}

export type HowdahProcedure = Procedure<never, Dependencies>

export const howdahProcedure = procedure<Dependencies>()
