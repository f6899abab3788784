/**
 * Settings of every session of our superuser. Who owns a database may set others for it (ALTER DATABASE), and must neither have us call
 * functions of their own schemas in the place of Postgres's, nor end our sessions, which wait idle while a database is copied.
 */
export const superuserSettings = (major: number): Record<string, string> => ({
  search_path: 'pg_catalog, pg_temp',
  default_transaction_read_only: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  ...(major >= 14 ? { idle_session_timeout: '0' } : {}),
  ...(major >= 17 ? { transaction_timeout: '0' } : {}),
  // Times are read in this form.
  datestyle: 'ISO',
})
