import type { instanceApi } from '../../contract/api/instances.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import type { Instance } from '../../contract/instance.ts'
import { isOwn } from '../../contract/own-host.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { namedOrAll } from '../../operations/named-or-all.ts'
import { recoveryOf } from '../../operations/lineage/recovery-of.ts'
import { instanceOf } from '../../operations/members.ts'
import { restart, resume, start, stop, suspend } from '../../operations/procedures/power.ts'
import type { Services } from '../services.ts'
import { instanceView } from '../views/instance-view.ts'
import { operationView } from '../views/operation-view.ts'

export function instanceHandlers(s: Services): Handlers<typeof instanceApi> {
  const power =
    (procedure: typeof start) => async (input: { project: string; services: string[] }) => {
      const services = await namedOrAll(s, input)
      const work = { project: input.project, services }
      return operationView(await enqueue(s, procedure, work))
    }
  return {
    async listInstances({ project }) {
      const found = await s.documents.instances.list(...(project ? [project] : []))
      return Promise.all(found.map((f) => view(s, f.value)))
    },
    getInstance: async ({ project, service }) => view(s, await instanceOf(s, project, service)),
    async getConnection({ project, service }) {
      const { endpoint, user, database } = await instanceOf(s, project, service)
      const credential = await s.documents.credentials.get(project, service)
      const name = `credentials/${project}/${service}`
      const password = s.secrets.open(name, credential?.value.sealed ?? '')
      return { endpoint, user, database, password, caFile: s.caFile }
    },
    startInstances: power(start),
    stopInstances: power(stop),
    restartInstances: power(restart),
    suspendInstances: power(suspend),
    resumeInstances: power(resume),
  }
}

async function view(s: Services, instance: InstanceDocument): Promise<Instance> {
  const { project, service } = instance
  const isElsewhere = !isOwn(s.host, instance)
  const [member, status, projectDocument, lock, heard] = await Promise.all([
    s.documents.members.get(project, service, '0'),
    s.documents.observed.get(project, service, '0'),
    s.documents.projects.get(project),
    s.documents.locks.get(`${project}/${service}`),
    isElsewhere ? s.documents.hostStatus.get(instance.host ?? '') : undefined,
  ])
  return instanceView({
    instance,
    member: member?.value,
    status: status?.value,
    mode: projectDocument?.value.mode ?? 'affordable',
    caFile: s.caFile,
    // Another host's folder is not here, or a folder of that name is somebody else's.
    dataBytes: member && !isElsewhere ? await s.driver.sizeOf(member.value.directory) : undefined,
    operation: lock?.value.operation,
    isElsewhere,
    isHostDown: isElsewhere && !heard,
    recovery: await recoveryOf(s, instance, status?.value.state),
  })
}
