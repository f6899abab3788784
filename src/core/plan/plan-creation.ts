import type { DesiredInstance, Work } from '../../contract/documents/work.ts'
import type { Action } from '../../contract/plan.ts'
import type { Note } from '../../contract/project.ts'
import { describeBytes } from '../describe-bytes.ts'
import { describeSpan } from '../describe-span.ts'
import { type BranchParent, branchRefusals } from './branch-refusals.ts'
import type { EngineChoice } from './engine-choice.ts'
import type { Wanted } from './plan-project.ts'
import { restoreRefusals } from './restore-refusals.ts'

export interface PlanPart {
  readonly work: readonly Work[]
  readonly notes: readonly Note[]
  readonly refusals: readonly string[]
}

/** A service that has no instance yet. `parent` is there for one that is to be a branch. */
export function planCreation(
  { desired, choice, snapshot }: Wanted,
  orphans: readonly string[],
  parent: BranchParent | undefined,
): PlanPart {
  const { service, user, branchOf } = desired
  const { major } = choice
  const refusals = [
    ...(snapshot ? restoreRefusals(snapshot, { user, major }) : []),
    ...(branchOf ? branchRefusals(branchOf, parent, { service, user, major }) : []),
  ]
  if (refusals.length > 0) return { work: [], notes: [], refusals }
  const version = { major: choice.major, minor: choice.minor, engineId: choice.engineId }
  const install: Work = {
    action: {
      kind: 'install-engine',
      service,
      sentence: `fetch Postgres ${choice.major}.${choice.minor} for “${service}”`,
      impact: 'none',
    },
    version,
  }
  const create: Work = {
    action: { ...beginning(desired, choice), service, impact: 'none' },
    desired,
    version,
  }
  return {
    work: choice.installed ? [create] : [install, create],
    notes: [
      ...missing(choice, service),
      ...(desired.fromSnapshot || branchOf ? [] : renamed(service, orphans)),
    ],
    refusals: [],
  }
}

/** Where the instance's data comes from, and what it will be. */
function beginning(
  desired: DesiredInstance,
  choice: EngineChoice,
): Pick<Action, 'kind' | 'sentence'> {
  const { service, fromSnapshot, branchOf } = desired
  const why = choice.reason ? ` (${choice.reason})` : ''
  const server = `Postgres ${choice.major}.${choice.minor}${why}, ${describeBytes(desired.memoryBytes)}`
  if (branchOf) {
    const { service: parent, expiresAfterMs } = branchOf
    const life = expiresAfterMs ? `, for ${describeSpan(expiresAfterMs)}` : ''
    const sentence = `make “${service}” as a branch of “${parent}”: ${server}${life}`
    return { kind: 'create-branch', sentence }
  }
  if (fromSnapshot) {
    const sentence = `make “${service}” from the snapshot ${fromSnapshot}, ${server}`
    return { kind: 'restore-instance', sentence }
  }
  const sentence = `create “${service}”: ${server}, database “${desired.database}” of “${desired.user}”`
  return { kind: 'create-instance', sentence }
}

/** Only reached with --allow-missing-extensions; without it the plan is refused before. */
const missing = (choice: Wanted['choice'], service: string): Note[] =>
  choice.missingExtensions.map(({ name, bringsIt }) => ({
    message: `“${service}” goes on without the extension ${name}. To have it: ${bringsIt}`,
  }))

const renamed = (service: string, orphans: readonly string[]): Note[] =>
  orphans.map((orphan) => ({
    message: `“${service}” is a new and empty instance; if you renamed “${orphan}”, move its data with \`howdah snapshot create ${orphan}\` and \`howdah snapshot restore NAME --as ${service}\``,
  }))
