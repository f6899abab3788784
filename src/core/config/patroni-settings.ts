/**
 * Settings that Patroni gives to every server of a scope as arguments, and takes from etcd alone: in its file it overlooks them.
 * A replica must not have less of them than its primary. Each with Postgres’s default, and the least that Patroni takes: for less
 * it puts a default of its own (CMDLINE_OPTIONS of its config.py).
 */
const SHARED: Readonly<Record<string, { readonly preset: string; readonly atLeast?: number }>> = {
  wal_level: { preset: 'replica' },
  max_connections: { preset: '100', atLeast: 25 },
  max_wal_senders: { preset: '10', atLeast: 3 },
  max_replication_slots: { preset: '10', atLeast: 4 },
  max_prepared_transactions: { preset: '0' },
  max_locks_per_transaction: { preset: '64', atLeast: 32 },
  max_worker_processes: { preset: '8', atLeast: 2 },
  track_commit_timestamp: { preset: 'off' },
}

/** What Patroni says itself, whatever it is told: 3.0 has no other `wal_log_hints`, which cost nothing beside data checksums. */
const ITS_OWN = ['listen_addresses', 'port', 'cluster_name', 'hot_standby', 'wal_log_hints']

/** Those of all settings of a server that all members share, each with its value. Names are in lower case. */
export function sharedSettings(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SHARED).map(([name, { preset, atLeast }]) => {
      const value = all[name] ?? preset
      return [name, atLeast !== undefined && Number(value) < atLeast ? String(atLeast) : value]
    }),
  )
}

/** Those of one member alone that its Patroni’s file may say. */
export function ownSettings(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !(name in SHARED) && !ITS_OWN.includes(name)),
  )
}
