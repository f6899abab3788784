import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors/app-error.ts'

/** The newest layout of the file that this version knows. A step is added at the end and never changed. */
const steps = [
  `create table entries (
     key text primary key,
     value text not null,
     revision integer not null,
     lease text references leases (id)
   ) without rowid, strict;
   create table leases (id text primary key, ttl_ms integer not null, expires_at_ms integer not null) strict;
   create table revision (last integer not null) strict;
   insert into revision values (0);`,
]

/** Brings an open file to the newest layout. Throws STORE_TOO_NEW for a file of a later version. */
export function migrate(db: DatabaseSync, path: string): void {
  const { user_version: have } = db.prepare('pragma user_version').get() as { user_version: number }
  if (have > steps.length) {
    throw new AppError(
      'STORE_TOO_NEW',
      `${path} has layout ${have}; this version knows ${steps.length}`,
    )
  }
  for (const [index, sql] of steps.entries()) {
    if (index < have) continue
    db.exec(`begin immediate; ${sql} pragma user_version = ${index + 1}; commit`)
  }
}
