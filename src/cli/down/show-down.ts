import type { Destruction } from '../../contract/api/projects.ts'
import type { Operation } from '../../contract/operation.ts'
import type { Context, Daemon } from '../context.ts'
import { newSnapshots } from '../new-snapshots.ts'
import { bytes } from '../output/bytes.ts'
import { duration } from '../output/duration.ts'
import { instancesOf, operationTook } from '../output/operation-line.ts'

interface Outcome {
  readonly project: string
  readonly operation: Operation
  readonly doomed: readonly Destruction[]
  /** All of the project went, not only some services. */
  readonly whole: boolean
}

/** The last words of `down`: which snapshots and backups were kept and how to bring them back; that configs are kept. */
export async function showDown(
  ctx: Context,
  daemon: Daemon,
  { project, operation, doomed, whole }: Outcome,
): Promise<void> {
  const snapshots = await newSnapshots(daemon, project, operation)
  if (ctx.json) {
    ctx.terminal.json({ operation, snapshots })
    return
  }
  const { print, note } = ctx.terminal
  const gone = instancesOf(operation).map((subject) => subject.split('/').at(-1))
  print(`Removed ${gone.join(', ')} in ${operationTook(operation, Date.now())}`)
  for (const { name, service, sizeBytes } of snapshots) {
    print(`Kept the final snapshot ${name} (${bytes(sizeBytes)})`)
    note(`  Restore it with: howdah -p ${project} snapshot restore ${name} --as ${service}`)
  }
  for (const { service, historyKeptMs } of doomed) {
    if (historyKeptMs === undefined) continue
    print(`Kept the backups of ${service} for ${duration(historyKeptMs)}`)
    note(`  Bring it back with: howdah -p ${project} undelete ${service}`)
  }
  if (!whole) return
  const configs = await daemon.api.listConfig({ project })
  if (configs.length === 0) return
  const names = configs.map(({ name }) => name).join(' ')
  note('Stored project configs are not deleted. To delete them, do:')
  note(`  howdah -p ${project} config rm ${names}`)
}
