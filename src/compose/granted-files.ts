import type { Location, Template } from '../contract/project.ts'
import type { EnvironmentContext } from './environment.ts'
import { booleanOf } from './fields.ts'
import { grantTarget } from './merge-items.ts'
import { mountOf } from './mounts.ts'
import { resolvePath } from './path.ts'
import { child, type Mapping, type Node } from './tree.ts'

/** A file that compose puts into a service, and where its content comes from. */
export interface GrantedFile {
  /** Absolute path in the container. */
  readonly target: string
  readonly at: Location
  readonly from: Origin
}

/** A file of this machine by absolute path, a content that may be config, or nothing because of a problem. */
export type Origin =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'content'; readonly content: Template }
  | { readonly kind: 'broken' }

/** The contract's ConfigName. */
const configName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const places = { secrets: '/run/secrets/', configs: '/' } as const

/** The `secrets`, `configs` and bind mounts of a service. A bind mount may be a folder. */
export function grantedFiles(
  service: Mapping,
  root: Mapping,
  context: EnvironmentContext,
): GrantedFile[] {
  const granted: GrantedFile[] = []
  for (const section of ['secrets', 'configs'] as const) {
    for (const item of itemsOf(child(service, section))) {
      const target = grantTarget(item, places[section])
      const source = item.kind === 'scalar' ? item : child(item, 'source')
      if (target === undefined || source?.kind !== 'scalar') {
        context.findings.problem(
          item.at,
          `an entry of \`${section}\` names one: NAME, or {source: NAME}.`,
        )
        continue
      }
      const defined = child(root, section, source.text)
      if (defined) {
        granted.push({ target, at: item.at, from: originOf(source.text, defined, context) })
      } else {
        context.findings.problem(
          source.at,
          `there is no "${source.text}" under the top-level \`${section}\`; add it there.`,
        )
        granted.push({ target, at: item.at, from: { kind: 'broken' } })
      }
    }
  }
  for (const item of itemsOf(child(service, 'volumes'))) {
    const mount = mountOf(item, context.lookup('HOME'))
    if (mount?.kind !== 'bind' || mount.source === undefined) continue
    granted.push({ target: mount.target, at: item.at, from: { kind: 'path', path: mount.source } })
  }
  return granted
}

function originOf(name: string, defined: Node, { lookup, findings }: EnvironmentContext): Origin {
  const file = child(defined, 'file')
  if (file?.kind === 'scalar') return { kind: 'path', path: resolvePath(file.base, file.text) }
  const content = child(defined, 'content')
  if (content?.kind === 'scalar') return { kind: 'content', content: content.template }
  const variable = child(defined, 'environment')
  const external = child(defined, 'external')
  const isExternal = external?.kind === 'mapping' || (external && isTrue(external))
  const written = child(defined, 'name') ?? child(external, 'name')
  const outside = isExternal ? (written?.kind === 'scalar' ? written.text : name) : undefined
  const wanted = variable?.kind === 'scalar' ? variable.text : outside
  const at = variable?.at ?? written?.at ?? defined.at
  if (wanted === undefined) {
    findings.problem(at, `"${name}" needs one of \`file\`, \`environment\` or \`external: true\`.`)
    return { kind: 'broken' }
  }
  const value = variable ? lookup(wanted) : undefined
  if (value !== undefined) return { kind: 'content', content: value === '' ? [] : [value] }
  if (configName.test(wanted)) return { kind: 'content', content: [{ config: wanted }] }
  findings.problem(
    at,
    `"${wanted}" cannot name a config (letters, digits and "_", at most 64); give it another \`name:\`.`,
  )
  return { kind: 'broken' }
}

function isTrue(node: Node): boolean {
  return node.kind === 'scalar' && booleanOf(node) === true
}

function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}
