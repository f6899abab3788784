import type { snapshotApi } from '../../contract/api/snapshots.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { snapshotOf } from '../../operations/instance/snapshot-source.ts'
import { instanceOf } from '../../operations/members.ts'
import {
  snapshotCreate,
  snapshotRemove,
  snapshotRestore,
} from '../../operations/procedures/snapshot.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'
import { desiredFromSnapshot } from '../../operations/plan/desired-from-snapshot.ts'

export function snapshotHandlers(s: Services): Handlers<typeof snapshotApi> {
  const { snapshots, instances, projects } = s.documents
  return {
    async listSnapshots({ project }) {
      // The reply's schema leaves out what is not for people, such as the sealed password.
      const all = (await snapshots.list()).map((f) => f.value)
      return all.filter((f) => project === undefined || f.project === project)
    },
    async createSnapshot({ project, service, name = `${project}-${service}-${s.newId()}` }) {
      const instance = await instanceOf(s, project, service)
      if (instance.wanted === 'stopped') {
        throw new AppError('INSTANCE_NOT_RUNNING', `“${service}” is stopped`)
      }
      if (await snapshots.get(name)) {
        throw new AppError('SNAPSHOT_EXISTS', `there is a snapshot “${name}” already`)
      }
      const input = { project, service, name }
      return operationView(await enqueue(s, snapshotCreate, input))
    },
    async restoreSnapshot({ name, project, as }) {
      const snapshot = await snapshotOf(s, name)
      if (await instances.get(project, as)) {
        throw new AppError(
          'INSTANCE_EXISTS',
          `the project “${project}” has an instance “${as}” already`,
        )
      }
      const directory = (await projects.get(project))?.value.directory ?? ''
      const input = {
        name,
        project,
        directory,
        desired: desiredFromSnapshot(s, snapshot, project, as),
      }
      return operationView(await enqueue(s, snapshotRestore, input))
    },
    async removeSnapshot({ name }) {
      await snapshotOf(s, name)
      return operationView(await enqueue(s, snapshotRemove, { name }))
    },
  }
}
