import { join } from 'node:path'

/** Where a home keeps what; docs/files-on-disk.md says it to people. */
export const homeLayout = (home: string) => ({
  lock: join(home, 'run', 'daemon.lock'),
  /** Who serves and where: read by the command line. */
  note: join(home, 'run', 'daemon.json'),
  run: join(home, 'run'),
  state: join(home, 'state.db'),
  stateBackups: join(home, 'state-backups'),
  keys: join(home, 'keys'),
  configKey: join(home, 'keys', 'config.key'),
  ca: join(home, 'ca'),
  caCertificate: join(home, 'ca', 'ca.crt'),
  caKey: join(home, 'ca', 'ca.key'),
  /** Where the API is served over HTTPS, when it is, and under which certificate. */
  listening: join(home, 'listening.json'),
  apiCertificate: join(home, 'keys', 'api.pem'),
  /** That this machine is a host of a cluster, and how far it is on its way. */
  hostFile: join(home, 'host.json'),
  hostCertificate: join(home, 'keys', 'host.pem'),
  etcd: join(home, 'etcd'),
  /** The SQLite file that the state was in before it moved to etcd. */
  stateBeforeCluster: join(home, 'state.db.before-cluster'),
  /** Key and authority that a joining host had of its own. */
  beforeCluster: join(home, 'keys', 'before-cluster'),
  uploads: join(home, 'uploads'),
  log: join(home, 'log'),
  logFile: join(home, 'log', 'daemon.log'),
})
