import type { HowdahProcedure } from '../dependencies.ts'
import { down } from './down.ts'
import { engineInstall } from './engine-install.ts'
import { restart, start, stop } from './power.ts'
import { snapshotCreate, snapshotRemove, snapshotRestore } from './snapshot.ts'
import { up } from './up.ts'

/** Every kind of work that a worker can do. A kind is never renamed: a stored operation names it. */
export const procedures = [
  up,
  down,
  start,
  stop,
  restart,
  snapshotCreate,
  snapshotRestore,
  snapshotRemove,
  engineInstall,
] as unknown as readonly HowdahProcedure[]
