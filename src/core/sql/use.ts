import { SUPERUSER } from '../config/hba.ts'
import { literal } from './quote.ts'

/** What our own sessions call themselves. */
const OURS = 'howdah'

/** A row of {@link useOfServer}. */
export interface UseRow {
  readonly busy: boolean
  /** Sessions of clients that there ever were, our own among them; null before Postgres 14. */
  readonly sessions: number | null
}

/** Asks a server who uses it. Our own sessions do not count, and what they hold does: a backup has a slot. */
export const useOfServer = (major: number): string => `
  select exists (
      select from pg_stat_activity
      where backend_type = 'client backend'
          and (usename is distinct from ${literal(SUPERUSER)} or application_name <> ${literal(OURS)})
        or backend_type = 'walsender'
        or backend_type like 'logical replication%worker')
    or exists (select from pg_replication_slots where active) as busy,
    ${major >= 14 ? '(select sum(sessions)::float8 from pg_stat_database)' : 'null'} as sessions`
