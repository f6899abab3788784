import { ServiceName } from '../contract/names.ts'
import type { BranchWanted, ServiceSpec } from '../contract/project.ts'
import { durationAt } from './backups.ts'
import { isUnresolved, scalarAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping } from './tree.ts'

/** `branch-of: SERVICE` with `expires:`, of one service's options. Whether that service exists is for `checkBranches`. */
export function readBranchOf(options: Mapping, findings: Findings): BranchWanted | undefined {
  const parent = scalarAt(options, 'branch-of', findings)
  const expires = child(options, 'expires')
  const snapshot = child(options, 'from-snapshot')
  const expiresAfterMs = durationAt(options, 'expires', findings)
  if (!parent) {
    if (expires) {
      findings.problem(expires.at, '`expires` is for a branch: it needs `branch-of: SERVICE`.')
    }
    return undefined
  }
  if (snapshot) {
    findings.problem(
      parent.at,
      '`branch-of` and `from-snapshot` both say where the data comes from; keep one of them.',
    )
  }
  if (isUnresolved(parent)) return undefined
  if (!ServiceName.safeParse(parent.text).success) {
    findings.problem(parent.at, `"${parent.text}" cannot be the name of a service.`)
    return undefined
  }
  return { service: parent.text, ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }) }
}

/** Refuses branches of what is no managed service of the project, and those that are branches of each other. */
export function checkBranches(
  all: ReadonlyMap<string, Mapping>,
  services: Readonly<Record<string, ServiceSpec>>,
  findings: Findings,
): void {
  const parentOf = (name: string): string | undefined =>
    Object.hasOwn(services, name) ? services[name]?.managed?.branchOf?.service : undefined
  for (const [name, { managed }] of Object.entries(services)) {
    const parent = parentOf(name)
    const written = child(all.get(name), 'x-howdah-postgres', 'branch-of')
    if (parent === undefined || !written || !managed || all.get(parent)?.incomplete) continue
    const circle = circleFrom(name, parentOf)
    if (circle) {
      findings.problem(written.at, `a branch needs something to branch from (${circle}); break it.`)
    } else if (!Object.hasOwn(services, parent) || !services[parent]?.managed) {
      findings.problem(written.at, whyNot(name, parent, all, services))
    }
  }
}

/** `a -> b -> a` when a service is, by way of others, a branch of itself. */
function circleFrom(
  name: string,
  parentOf: (name: string) => string | undefined,
): string | undefined {
  const way = [name]
  for (let next = parentOf(name); next !== undefined; next = parentOf(next)) {
    if (next === name) return [...way, name].join(' -> ')
    // A circle that this one only leads to is told at its own services.
    if (way.includes(next)) return undefined
    way.push(next)
  }
  return undefined
}

function whyNot(
  name: string,
  parent: string,
  all: ReadonlyMap<string, Mapping>,
  services: Readonly<Record<string, ServiceSpec>>,
): string {
  const managed = Object.values(services).filter((s) => s.managed && s.name !== name)
  const names = managed.map((s) => s.name)
  if (Object.hasOwn(services, parent)) {
    return `"${parent}" is not managed, so "${name}" cannot be a branch of it: mark it with \`x-howdah-postgres: true\`.`
  }
  if (all.has(parent)) {
    return `"${name}" is a branch of "${parent}", which no active profile switches on. Add --profile.`
  }
  const known = names.length > 0 ? ` Managed are: ${names.join(', ')}.` : ''
  return `"${name}" is a branch of "${parent}", which is no service of this project.${didYouMean(parent, names) || known}`
}
