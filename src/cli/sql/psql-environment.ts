import type { SqlTarget } from './session.ts'

/** Variables of libpq that would lead psql elsewhere than to the instance. */
const misleading = new Set(
  `PGHOSTADDR PGSERVICE PGREQUIRESSL PGREQUIREPEER PGREQUIREAUTH PGSSLNEGOTIATION PGSSLCRL PGSSLCRLDIR PGSSLSNI
  PGTARGETSESSIONATTRS PGGSSENCMODE`.split(/\s+/),
)

/** The environment with which psql connects to the instance, the certificate checked. The password is nowhere else. */
export function psqlEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  target: SqlTarget,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !misleading.has(name))
  return {
    ...Object.fromEntries(kept),
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGUSER: target.user,
    PGDATABASE: target.database,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: target.caFile,
    PGPASSWORD: target.password === '' ? undefined : target.password,
  }
}
