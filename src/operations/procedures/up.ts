import { ProjectWork, type Work } from '../../contract/documents/work.ts'
import { AppError } from '../../errors/app-error.ts'
import { createBranch } from '../branch/create.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { changeInstance } from '../instance/change.ts'
import { createInstance } from '../instance/create.ts'
import { inheritedFrom, snapshotToRestore } from '../instance/snapshot-source.ts'
import type { Context } from '../procedure.ts'

/** Performs an approved plan, service by service in its order. What was finished before a failure stays. */
export const up = howdahProcedure({
  kind: 'up',
  input: ProjectWork,
  title: ({ project }) => `up of ${project}`,
  subjects: ({ project, work }) => [
    project,
    ...servicesOf(work).map((s) => `${project}/${s}`),
    ...snapshotsOf(work).map((s) => `snapshots/${s}`),
    ...work.flatMap(({ lineage }) => (lineage ? [`lineages/${lineage}`] : [])),
  ],
  async run(input, context, d) {
    await context.step('check the plan', () => checkBasis(d, input))
    await context.step('remember the project', () => rememberProject(d, input))
    for (const work of input.work) await perform(context, d, input.project, work)
    return { services: servicesOf(input.work) }
  },
})

const servicesOf = (work: readonly Work[]): string[] => [
  ...new Set(work.flatMap((w) => w.action.service ?? [])),
]

const snapshotsOf = (work: readonly Work[]): string[] =>
  work.flatMap(({ action, desired }) =>
    action.kind === 'restore-instance' ? (desired?.fromSnapshot ?? []) : [],
  )

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
      const name = desired?.fromSnapshot
      if (!name || !version) return
      const { initdb, inherited } = await context.step(
        `${desired.service}: find ${name}`,
        async () => {
          const snapshot = await snapshotToRestore(d, name, {
            user: desired.user,
            major: version.major,
          })
          return { initdb: snapshot.initdb ?? {}, inherited: inheritedFrom(snapshot) }
        },
      )
      // What initdb was told is in the data, whatever compose says now.
      const like = { ...desired, initdb }
      await createInstance(context, d, { project, desired: like, version, inherited })
      return
    }
    case 'create-branch': {
      if (!desired?.branchOf || !version) return
      const { service: of, expiresAfterMs } = desired.branchOf
      const branch = { project, of, desired, passwords: 'own' as const, expiresAfterMs }
      await createBranch(context, d, branch, version)
      return
    }
    case 'remember-mode':
      return // done by the first step
    default:
      await changeInstance(context, d, project, work)
  }
}

/** A plan is made before the instances are held: what changed in between makes it void. */
async function checkBasis(d: Dependencies, { project, basis }: ProjectWork): Promise<void> {
  for (const [service, revision] of Object.entries(basis)) {
    const now = (await d.documents.instances.get(project, service))?.revision ?? 0
    if (now === revision) continue
    const message = `“${service}” was changed by something else after this plan was made`
    throw new AppError('PLAN_OUTDATED', message)
  }
}

async function rememberProject(
  d: Dependencies,
  { project, mode, directory }: ProjectWork,
): Promise<void> {
  const { projects } = d.documents
  const before = await projects.get(project)
  const createdAt = before?.value.createdAt ?? new Date().toISOString()
  const host = before?.value.host ?? d.host
  await d.store.write([
    projects.put([project], {
      format: 1,
      name: project,
      mode,
      directory,
      createdAt,
      ...(host === undefined ? {} : { host }),
    }),
  ])
}
