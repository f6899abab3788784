import type { ServiceSpec } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { child, configNames, type Mapping, type Node, type Scalar } from './tree.ts'

/**
 * Variables that are set nowhere. In an `environment` they are config; in the rest of a managed service, and in what it uses
 * at the top level, they are problems; in what is left to Docker Compose it puts nothing there, which is only noted.
 */
export function checkUnresolved(
  root: Mapping,
  active: ReadonlyMap<string, Mapping>,
  services: Readonly<Record<string, ServiceSpec>>,
  findings: Findings,
): void {
  for (const [name, service] of active) {
    const managed = services[name]?.managed !== undefined
    for (const [key, { value }] of service.entries) {
      if (key === 'environment') continue
      for (const { scalar, place } of unresolvedIn(value, key)) {
        if (managed) findings.problem(scalar.at, problemOf(scalar, `${place} of service "${name}"`))
        else findings.note(scalar.at, noteOf(scalar, `${place} of service "${name}"`))
      }
    }
  }
  for (const section of ['name', 'secrets', 'configs']) {
    for (const { scalar, place } of unresolvedIn(child(root, section), section)) {
      findings.problem(scalar.at, problemOf(scalar, place))
    }
  }
}

interface Unresolved {
  readonly scalar: Scalar
  readonly place: string
}

function unresolvedIn(node: Node | undefined, place: string): Unresolved[] {
  if (!node) return []
  if (node.kind === 'scalar') {
    return configNames(node.template).length > 0 ? [{ scalar: node, place }] : []
  }
  if (node.kind === 'list') return node.items.flatMap((item) => unresolvedIn(item, place))
  return [...node.entries].flatMap(([key, { value }]) => unresolvedIn(value, `${place}.${key}`))
}

function variables(scalar: Scalar): string {
  return [...new Set(configNames(scalar.template))].map((name) => `\${${name}}`).join(', ')
}

function problemOf(scalar: Scalar, place: string): string {
  const names = variables(scalar)
  const inContainer = place.startsWith('healthcheck') || place.startsWith('command')
  const escape = inContainer ? ' (For a variable of the service itself write $$NAME.)' : ''
  return `${names} in ${place} is not set, and config is only for \`environment\`. Set it in .env or in the shell, or write \${NAME:-default}.${escape}`
}

function noteOf(scalar: Scalar, place: string): string {
  return `${variables(scalar)} in ${place} is not set; Docker Compose will put nothing there.`
}
