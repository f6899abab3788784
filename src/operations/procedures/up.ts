import { ProjectWork, type Work } from '../../contract/documents/work.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { changeInstance } from '../instance/change.ts'
import { createInstance } from '../instance/create.ts'
import { snapshotToRestore } from '../instance/snapshot-source.ts'
import type { Context } from '../procedure.ts'

/** Performs an approved plan, service by service in its order. What was finished before a failure stays. */
export const up = howdahProcedure({
  kind: 'up',
  input: ProjectWork,
  title: ({ project }) => `up of ${project}`,
  subjects: ({ project, work }) => [project, ...servicesOf(work).map((s) => `${project}/${s}`)],
  async run(input, context, d) {
    await context.step('remember the project', () => rememberProject(d, input))
    for (const work of input.work) await perform(context, d, input.project, work)
    return { services: servicesOf(input.work) }
  },
})

const servicesOf = (work: readonly Work[]): string[] => [
  ...new Set(work.flatMap((w) => w.action.service ?? [])),
]

async function perform(context: Context, d: Dependencies, project: string, work: Work) {
  const { action, desired, version } = work
  switch (action.kind) {
    case 'install-engine':
      if (!version || !action.service) return
      await context.step(
        `${action.service}: fetch Postgres ${version.major}.${version.minor}`,
        (s) => d.driver.ensureEngine(version, s),
      )
      return
    case 'create-instance':
      if (desired && version) await createInstance(context, d, { project, desired, version })
      return
    case 'restore-instance': {
      if (!desired?.fromSnapshot || !version) return
      const snapshot = await snapshotToRestore(d, desired.fromSnapshot, version.major)
      // What initdb was told is in the data, whatever compose says now.
      const like = { ...desired, initdb: snapshot.initdb ?? {} }
      const { directory: copyOf } = snapshot
      await createInstance(context, d, { project, desired: like, version, copyOf })
      return
    }
    case 'remember-mode':
      return // done by the first step
    default:
      await changeInstance(context, d, project, work)
  }
}

async function rememberProject(
  d: Dependencies,
  { project, mode, directory }: ProjectWork,
): Promise<void> {
  const { projects } = d.documents
  const before = await projects.get(project)
  const createdAt = before?.value.createdAt ?? new Date().toISOString()
  await d.store.write([
    projects.put([project], { format: 1, name: project, mode, directory, createdAt }),
  ])
}
