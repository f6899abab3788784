/** Ends every client session but this one. */
export const endOtherSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend'`
