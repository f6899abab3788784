import type { ServiceSpec } from '../contract/project.ts'
import type { Findings } from './findings.ts'

/** Refuses services that wait for each other, as Compose does; each circle once. */
export function checkDependencyCircles(
  services: Readonly<Record<string, ServiceSpec>>,
  findings: Findings,
): void {
  const done = new Set<string>()
  const visit = (name: string, way: readonly string[]): void => {
    const service = Object.hasOwn(services, name) ? services[name] : undefined
    if (!service || done.has(name)) return
    if (way.includes(name)) {
      const circle = [...way.slice(way.indexOf(name)), name].join(' -> ')
      findings.problem(
        service.at,
        `services depend on each other in a circle (${circle}); break it.`,
      )
      return
    }
    for (const dependency of Object.keys(service.dependsOn)) visit(dependency, [...way, name])
    done.add(name)
  }
  for (const name of Object.keys(services)) visit(name, [])
}
