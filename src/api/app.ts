import { api, streams } from '../contract/api.ts'
import type { AppError } from '../errors/app-error.ts'
import { configHandlers } from './handlers/config.ts'
import { daemonHandlers } from './handlers/daemon.ts'
import { instanceHandlers } from './handlers/instances.ts'
import { logStreamHandlers } from './handlers/logs.ts'
import { operationHandlers, operationStreamHandlers } from './handlers/operations.ts'
import { projectHandlers } from './handlers/projects.ts'
import { snapshotHandlers } from './handlers/snapshots.ts'
import { backupHandlers } from './handlers/backups.ts'
import { branchHandlers } from './handlers/branches.ts'
import { drillHandlers } from './handlers/drills.ts'
import { exportHandlers } from './handlers/exports.ts'
import { lineageHandlers } from './handlers/lineages.ts'
import { repositoryHandlers } from './handlers/repositories.ts'
import { restoreHandlers } from './handlers/restores.ts'
import { guard } from './access/guard.ts'
import { listeningHandlers } from './handlers/listening.ts'
import { hostHandlers } from './handlers/hosts.ts'
import { tokenHandlers } from './handlers/tokens.ts'
import { audit } from './access/audit.ts'
import { forward } from './forward/forward.ts'
import { mount } from './mount.ts'
import type { Services } from './services.ts'

/** The daemon's HTTP application. */
export const createApp = (s: Services, onError: (error: AppError) => void) =>
  mount(
    api,
    {
      ...daemonHandlers(s),
      ...projectHandlers(s),
      ...instanceHandlers(s),
      ...configHandlers(s),
      ...snapshotHandlers(s),
      ...backupHandlers(s),
      ...branchHandlers(s),
      ...drillHandlers(s),
      ...exportHandlers(s),
      ...lineageHandlers(s),
      ...repositoryHandlers(s),
      ...restoreHandlers(s),
      ...operationHandlers(s),
      ...tokenHandlers(s),
      ...hostHandlers(s),
      ...listeningHandlers(s),
    },
    streams,
    { ...operationStreamHandlers(s), ...logStreamHandlers(s) },
    guard(s.documents),
    audit(s),
    forward(s),
    onError,
  )
