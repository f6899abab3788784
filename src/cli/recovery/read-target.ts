import type { RecoveryTarget } from '../../contract/target.ts'
import { parseTarget } from '../../core/wal/target.ts'
import { localZone } from '../output/moment.ts'

/** What `--to` says, times without a zone by the clocks here. Throws USAGE with the forms that it takes. */
export const readTarget = (text: string): RecoveryTarget =>
  parseTarget(text, { now: new Date().toISOString(), zone: localZone() })

/** The forms, for the help of a command. */
export const targetHelp = `MOMENT is one of:

- a time: "2026-11-20 15:04", 15:04 (today), "yesterday 15:00", "2026-11-20T15:04:05.123+01:00", "2026-11-20 14:04 UTC"; without a zone it is read off the clocks of this machine
- how long ago: "10 minutes ago", "1h 30m ago", "2 days ago"
- latest: the newest moment that there is
- a backup, by its id or its name, as howdah backup ls lists them
- a restore point, by its name (pg_create_restore_point, and those that events tell); name:NAME when the name looks like something else
- a transaction that is to be the last one: xid:1234
- a place in the WAL: 0/3000028`
