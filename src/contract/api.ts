import { configApi } from './api/config.ts'
import { daemonApi } from './api/daemon.ts'
import { instanceApi } from './api/instances.ts'
import { operationApi, operationStreams } from './api/operations.ts'
import { projectApi } from './api/projects.ts'
import { snapshotApi } from './api/snapshots.ts'
import { backupApi } from './api/backups.ts'
import { branchApi } from './api/branches.ts'
import { drillApi } from './api/drills.ts'
import { exportApi } from './api/exports.ts'
import { lineageApi } from './api/lineages.ts'
import { repositoryApi } from './api/repositories.ts'
import { restoreApi } from './api/restores.ts'
import { listeningApi } from './api/listening.ts'
import { uploadApi } from './api/uploads.ts'
import { hostApi } from './api/hosts.ts'
import { tokenApi } from './api/tokens.ts'
import { logStreams } from './api/logs.ts'

/** Every call of the daemon. */
export const api = {
  ...daemonApi,
  ...projectApi,
  ...instanceApi,
  ...configApi,
  ...snapshotApi,
  ...backupApi,
  ...branchApi,
  ...drillApi,
  ...exportApi,
  ...lineageApi,
  ...repositoryApi,
  ...restoreApi,
  ...operationApi,
  ...tokenApi,
  ...hostApi,
  ...listeningApi,
  ...uploadApi,
}

/** Every stream of the daemon. */
export const streams = { ...operationStreams, ...logStreams }

export type HowdahApi = typeof api
export type HowdahStreams = typeof streams
