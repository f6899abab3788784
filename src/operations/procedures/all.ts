import type { HowdahProcedure } from '../dependencies.ts'
import { backupCreate, backupRemove, backupVerify } from './backup.ts'
import { branchCreate, branchKeep, branchRemove, branchReset, instanceRename } from './branch.ts'
import { down } from './down.ts'
import { drill } from './drill.ts'
import { engineInstall } from './engine-install.ts'
import { exportInstance } from './export.ts'
import { hostInit } from './host-init.ts'
import { hostJoin } from './host-join.ts'
import { hostRemove } from './host-remove.ts'
import { lineageImport, lineageRemove } from './lineage.ts'
import { lineageRenew } from './renew-lineage.ts'
import { restore } from './restore.ts'
import { restart, resume, start, stop, suspend } from './power.ts'
import { prune } from './prune.ts'
import { snapshotCreate, snapshotRemove, snapshotRestore } from './snapshot.ts'
import { swap } from './swap.ts'
import { up } from './up.ts'

/** Every kind of work that a worker can do. A kind is never renamed: a stored operation names it. */
export const procedures = [
  up,
  down,
  start,
  stop,
  restart,
  suspend,
  resume,
  backupCreate,
  backupRemove,
  backupVerify,
  prune,
  drill,
  restore,
  swap,
  branchCreate,
  branchReset,
  branchRemove,
  branchKeep,
  instanceRename,
  lineageRemove,
  lineageRenew,
  lineageImport,
  snapshotCreate,
  snapshotRestore,
  snapshotRemove,
  engineInstall,
  exportInstance,
  hostInit,
  hostJoin,
  hostRemove,
] as unknown as readonly HowdahProcedure[]
