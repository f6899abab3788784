import type { Work } from '../../contract/documents/work.ts'
import type { Note } from '../../contract/project.ts'
import { describeBytes } from '../describe-bytes.ts'
import type { Wanted } from './plan-project.ts'
import { restoreRefusals } from './restore-refusals.ts'

export interface PlanPart {
  readonly work: readonly Work[]
  readonly notes: readonly Note[]
  readonly refusals: readonly string[]
}

/** A service that has no instance yet. */
export function planCreation(
  { desired, choice, snapshot }: Wanted,
  orphans: readonly string[],
): PlanPart {
  const { service, user } = desired
  const refusals = snapshot ? restoreRefusals(snapshot, { user, major: choice.major }) : []
  if (refusals.length > 0) return { work: [], notes: [], refusals }
  const version = { major: choice.major, minor: choice.minor, engineId: choice.engineId }
  const named = `Postgres ${choice.major}.${choice.minor}`
  const size = describeBytes(desired.memoryBytes)
  const why = choice.reason ? ` (${choice.reason})` : ''
  const install: Work = {
    action: {
      kind: 'install-engine',
      service,
      sentence: `fetch ${named} for “${service}”`,
      impact: 'none',
    },
    version,
  }
  const create: Work = {
    action: desired.fromSnapshot
      ? {
          kind: 'restore-instance',
          service,
          sentence: `make “${service}” from the snapshot ${desired.fromSnapshot}, ${named}${why}, ${size}`,
          impact: 'none',
        }
      : {
          kind: 'create-instance',
          service,
          sentence: `create “${service}”: ${named}${why}, ${size}, database “${desired.database}” of “${desired.user}”`,
          impact: 'none',
        },
    desired,
    version,
  }
  return {
    work: choice.installed ? [create] : [install, create],
    notes: [
      ...missing(choice, service),
      ...(desired.fromSnapshot ? [] : renamed(service, orphans)),
    ],
    refusals: [],
  }
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
