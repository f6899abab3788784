import type { DesiredProject } from '../../contract/desired.ts'
import type { Work } from '../../contract/documents/work.ts'
import type { Plan } from '../../contract/plan.ts'
import { planProject, type Wanted } from '../../core/plan/plan-project.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { conflictOver } from '../enqueue.ts'
import { snapshotOf } from '../instance/snapshot-source.ts'
import { driftedServices } from './drifted-services.ts'
import { refuseUnknownRepositories } from './refuse-unknown-repositories.ts'
import { resolveServices } from './resolve-services.ts'
import { wantedEngineOf } from './wanted-engine.ts'
import { writtenLineages } from './written-lineages.ts'

/** The plan for a desired project against what is there now. Refusals of any kind come before anything is touched. */
export async function planDesired(
  d: Dependencies,
  desired: DesiredProject,
): Promise<{ plan: Plan; work: Work[]; basis: Record<string, number> }> {
  const { project } = desired
  const resolved = await resolveServices(d, desired)
  await refuseUnknownRepositories(
    d,
    resolved.services.map((r) => r.desired),
  )
  const observedProject = (await d.documents.projects.get(project))?.value
  const found = await d.documents.instances.list(project)
  const instances = found.map((i) => i.value)
  // What is half made or half removed has no plan while someone works on it; left so by nobody, the plan refuses it.
  const halves = instances.filter((i) => i.phase !== 'live')
  const busy = await conflictOver(
    d.documents,
    halves.map((i) => `${project}/${i.service}`),
  )
  if (busy) throw busy
  const wanted: Wanted[] = []
  for (const r of resolved.services) {
    const existing = instances.find((i) => i.service === r.desired.service)
    const { fromSnapshot } = r.desired
    wanted.push({
      desired: r.desired,
      choice: await wantedEngineOf(d, r, resolved.services, instances),
      ...(fromSnapshot && !existing ? { snapshot: await snapshotOf(d, fromSnapshot) } : {}),
    })
  }
  refuseMissingExtensions(wanted, desired.allowMissingExtensions)
  const mode = desired.mode ?? observedProject?.mode ?? 'affordable'
  const planned = planProject({
    project,
    mode,
    wanted,
    notes: [...desired.notes, ...resolved.notes],
    observed: {
      project: observedProject,
      instances,
      drifted: await driftedServices(d, instances),
      lineages: await writtenLineages(d, instances),
    },
    contexts: await contextsOf(d, wanted),
  })
  if (planned.refusals.length > 0) {
    throw new AppError('CHANGE_REFUSED', planned.refusals.join('\n'), {
      details: { refusals: planned.refusals },
    })
  }
  const { work, notes, orphans, modeMeaning } = planned
  const actions = work.map((w) => w.action)
  return {
    plan: { project, mode, modeMeaning, actions, notes: [...notes], orphans: [...orphans] },
    work: [...work],
    basis: Object.fromEntries(
      wanted.map(({ desired: { service } }) => {
        const revision = found.find((i) => i.value.service === service)?.revision ?? 0
        return [service, revision]
      }),
    ),
  }
}

function refuseMissingExtensions(wanted: readonly Wanted[], allowed: boolean): void {
  const missing = wanted.flatMap(({ desired, choice }) =>
    choice.missingExtensions.map((m) => ({ service: desired.service, choice, ...m })),
  )
  if (missing.length === 0 || allowed) return
  const sentences = missing.map(
    ({ service, name, choice, bringsIt }) =>
      `the image of “${service}” brings the extension ${name}, and the engine ${choice.engineId} does not have it: ${bringsIt}`,
  )
  throw new AppError('EXTENSION_UNAVAILABLE', sentences.join('\n'), {
    details: { missing: missing.map(({ service, name }) => ({ service, extension: name })) },
  })
}

/** When settings take effect, for the engines that are here; one that is fetched first has no instance to change. */
async function contextsOf(d: Dependencies, wanted: readonly Wanted[]) {
  const ids = new Set(wanted.filter((w) => w.choice.installed).map((w) => w.choice.engineId))
  const entries = [...ids].map(async (id) => [id, await d.driver.settingContexts(id)] as const)
  return Object.fromEntries(await Promise.all(entries))
}
