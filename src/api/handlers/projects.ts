import type { projectApi } from '../../contract/api/projects.ts'
import type { uploadApi } from '../../contract/api/uploads.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { down } from '../../operations/procedures/down.ts'
import { up } from '../../operations/procedures/up.ts'
import { planDesired } from '../../operations/plan/plan-desired.ts'
import { expectOwnScripts, withScriptsOf } from '../access/start-scripts.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'
import { destructionOf } from '../../operations/plan/destruction.ts'

export function projectHandlers(s: Services): Handlers<typeof projectApi & typeof uploadApi> {
  return {
    async listProjects() {
      const projects = await s.documents.projects.list()
      return Promise.all(
        projects.map(async ({ value: { name, mode, directory, createdAt } }) => {
          const instances = await s.documents.instances.list(name)
          return { name, mode, directory, createdAt, instances: instances.length }
        }),
      )
    },
    planProject: async (desired) => (await planDesired(s, desired)).plan,
    uploadFile: async ({ name, content }) => ({
      path: await s.uploads.keep(name, Buffer.from(content, 'base64')),
    }),
    async upProject(desired, caller) {
      expectOwnScripts(desired, caller, (path) => s.uploads.has(path))
      const { plan, work, basis } = await planDesired(s, desired)
      const { project, mode } = plan
      const { directory } = desired
      const input = { project, mode, directory, work: withScriptsOf(caller, work), basis }
      return operationView(await enqueue(s, up, input))
    },
    previewDown: async (input) => (await destructionOf(s, input)).destroyed,
    async downProject(input) {
      const { destroyed, forgetProject } = await destructionOf(s, input)
      const services = destroyed.map(({ service, finalSnapshot }) => ({
        service,
        ...(finalSnapshot ? { finalSnapshot } : {}),
      }))
      const { project, acceptLoss } = input
      const work = { project, services, forgetProject, ...(acceptLoss ? { acceptLoss } : {}) }
      return operationView(await enqueue(s, down, work))
    },
  }
}
