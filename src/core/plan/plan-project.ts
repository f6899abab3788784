import type { DesiredInstance, Work } from '../../contract/documents/work.ts'
import type { InstanceDocument, ProjectDocument } from '../../contract/documents/instance.ts'
import type { Mode } from '../../contract/instance.ts'
import type { Note } from '../../contract/project.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { meaningOf, refusedModeChange } from '../modes.ts'
import type { BranchParent } from './branch-refusals.ts'
import type { EngineChoice } from './engine-choice.ts'
import { planChange } from './plan-change.ts'
import { planCreation } from './plan-creation.ts'
import type { WrittenLineage } from './repository-change.ts'

/** A managed service as desired, with the engine that was found for it. */
export interface Wanted {
  readonly desired: DesiredInstance
  readonly choice: EngineChoice
  /** Present for a service that is to be made from a snapshot. */
  readonly snapshot?: Snapshot
}

export interface PlanInput {
  readonly project: string
  readonly mode: Mode
  readonly wanted: readonly Wanted[]
  readonly notes: readonly Note[]
  /** What is there: asked just now. */
  readonly observed: {
    readonly project: ProjectDocument | undefined
    readonly instances: readonly InstanceDocument[]
    /** Services whose server was told something else than its instance is asked to be. */
    readonly drifted?: readonly string[]
    /** What each instance writes to, by its service. */
    readonly lineages?: Readonly<Record<string, WrittenLineage>>
  }
  /** When a setting takes effect, by engine: `postmaster` means at a restart. */
  readonly contexts: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface Planned {
  readonly work: readonly Work[]
  readonly notes: readonly Note[]
  readonly orphans: readonly string[]
  readonly modeMeaning: string
  /** What cannot be done safely; nothing may be performed while there is one. */
  readonly refusals: readonly string[]
}

/** What must be done so that the world is as compose says. Pure; a second call after it was done gives no work. */
export function planProject(input: PlanInput): Planned {
  const { observed, wanted } = input
  const orphans = observed.instances
    // Made by commands, and not by an earlier compose file.
    .filter((i) => i.branch === undefined && i.heldSince === undefined)
    .map((i) => i.service)
    .filter((service) => !wanted.some((w) => w.desired.service === service))
  const parts = parentsFirst(wanted).map((w) => {
    const existing = observed.instances.find((i) => i.service === w.desired.service)
    return existing
      ? planChange(existing, w, {
          contexts: input.contexts[w.choice.engineId] ?? {},
          drifted: observed.drifted?.includes(existing.service) ?? false,
          lineage: observed.lineages?.[existing.service],
        })
      : planCreation(w, orphans, parentOf(w, input))
  })
  const before = observed.project?.mode
  const refusedMode = before && refusedModeChange(before, input.mode)
  return {
    work: [...modeWork(before, input.mode), ...parts.flatMap((p) => p.work)],
    notes: [...input.notes, ...parts.flatMap((p) => p.notes)],
    orphans,
    modeMeaning: meaningOf(input.mode),
    refusals: [...(refusedMode ? [refusedMode] : []), ...parts.flatMap((p) => p.refusals)],
  }
}

/** In their order, but a branch after what it branches from. */
function parentsFirst(wanted: readonly Wanted[]): readonly Wanted[] {
  const depth = (w: Wanted, limit = wanted.length): number => {
    const parent = wanted.find((p) => p.desired.service === w.desired.branchOf?.service)
    return parent && limit > 0 ? 1 + depth(parent, limit - 1) : 0
  }
  return wanted.toSorted((a, b) => depth(a) - depth(b))
}

/** What a branch branches from: the instance, or what it will be. */
function parentOf(w: Wanted, { observed, wanted }: PlanInput): BranchParent | undefined {
  const name = w.desired.branchOf?.service
  const there = observed.instances.find((i) => i.service === name)
  if (there) return { user: there.user, major: there.engine.major }
  const coming = wanted.find((p) => p.desired.service === name)
  return coming && { user: coming.desired.user, major: coming.choice.major }
}

function modeWork(before: Mode | undefined, mode: Mode): Work[] {
  if (before === undefined || before === mode) return []
  const sentence = `change the mode from ${before} to ${mode}`
  return [{ action: { kind: 'remember-mode', sentence, impact: 'none' } }]
}
