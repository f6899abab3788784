import type { z } from 'zod'
import { Dependency } from '../contract/project.ts'
import { booleanAt, scalarAt, textsOf } from './fields.ts'
import type { Findings } from './findings.ts'
import { profilesOf } from './profiles.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping } from './tree.ts'

type Dependencies = Record<string, z.output<typeof Dependency>>

interface Services {
  readonly active: ReadonlyMap<string, Mapping>
  readonly all: ReadonlyMap<string, Mapping>
}

const conditions = Dependency.shape.condition.options

/**
 * What a service waits for: its `depends_on`, and its `links`, which imply one. As with Compose, a service that does not
 * exist or that no active profile switches on is an error, unless `required: false`.
 */
export function readDependencies(
  name: string,
  service: Mapping,
  services: Services,
  findings: Findings,
): Dependencies {
  const dependencies: Dependencies = {}
  for (const link of textsOf(child(service, 'links'))) {
    const target = link.text.split(':')[0]!
    if (services.active.has(target)) {
      dependencies[target] = { condition: 'service_started', required: true }
    }
  }
  const declared = child(service, 'depends_on')
  if (declared?.kind !== 'mapping') return dependencies
  for (const [target, { at, value }] of declared.entries) {
    const said = scalarAt(value, 'condition', findings)
    const condition = conditions.find((option) => option === said?.text)
    const required = booleanAt(value, 'required', findings) ?? true
    if (!condition) {
      const wanted = `depends_on.${target} needs \`condition\`, one of ${conditions.join(', ')}.`
      findings.problem(said?.at ?? at, `${wanted}${didYouMean(said?.text ?? '', conditions)}`)
    } else if (services.active.has(target)) dependencies[target] = { condition, required }
    else if (required) findings.problem(at, whyNot(name, target, services))
  }
  return dependencies
}

function whyNot(name: string, target: string, services: Services): string {
  const hidden = services.all.get(target)
  if (!hidden) {
    const hint = didYouMean(target, services.all.keys()) || ' Add it, or remove this line.'
    return `service "${name}" depends on undefined service "${target}".${hint}`
  }
  const profiles = profilesOf(hidden).join(', ')
  return `service "${name}" depends on "${target}", which only these profiles switch on: ${profiles}. Add --profile, or write \`required: false\`.`
}
