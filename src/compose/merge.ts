import type { Findings } from './findings.ts'
import { itemKey } from './merge-items.ts'
import { assignmentsOf } from './normalise.ts'
import { listOf, mappingOf } from './tree.ts'
import type { Entry, List, Mapping, Node } from './tree.ts'

type Path = readonly string[]

/** Keys of a service whose value is replaced and not merged. */
const replaced = new Set(['command', 'entrypoint', 'healthcheck.test'])

/**
 * Puts `over` on `base` by Compose's rules: mappings merge, lists append (items that mean the same thing replace the earlier
 * one), `command`, `entrypoint`, `healthcheck.test` and `x-…` are replaced, `!reset` removes and `!override` replaces.
 */
export function mergeTrees(base: Mapping, over: Mapping, findings: Findings): Mapping {
  return mergeMappings(base, over, [], findings)
}

/** The same for one service and the service it extends. Both are normalised. */
export function mergeServices(base: Mapping, over: Mapping, findings: Findings): Mapping {
  return mergeMappings(base, over, ['services', ''], findings)
}

/** Takes the keys tagged `!reset` out of a tree that nothing lies under. */
export function withoutResets(node: Node): Node {
  if (node.kind === 'list') return listOf(node.items.map(withoutResets), node)
  if (node.kind !== 'mapping') return node
  const entries = new Map<string, Entry>()
  for (const [key, { at, value }] of node.entries) {
    if (value.tag !== 'reset') entries.set(key, { at, value: withoutResets(value) })
  }
  return mappingOf(entries, node.at, node)
}

function mergeMappings(base: Mapping, over: Mapping, path: Path, findings: Findings): Mapping {
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries) {
    const earlier = entries.get(key)
    if (entry.value.tag === 'reset') entries.delete(key)
    else if (!earlier || key.startsWith('x-')) entries.set(key, entry)
    else {
      const value = mergeNodes(earlier.value, entry.value, [...path, key], findings)
      entries.set(key, { at: entry.at, value })
    }
  }
  const incomplete = base.incomplete === true || over.incomplete === true
  return mappingOf(entries, over.at, incomplete ? { incomplete } : {})
}

function mergeNodes(base: Node, over: Node, path: Path, findings: Findings): Node {
  const inService = path[0] === 'services' ? path.slice(2).join('.') : undefined
  if (over.tag === 'override' || (inService !== undefined && replaced.has(inService))) return over
  if (over.kind === 'scalar' && over.type === 'null' && base.kind !== 'scalar') return base
  if (base.kind === 'scalar') return over
  if (inService === 'logging' && driver(base) !== driver(over)) return over
  if (base.kind === 'list' && over.kind === 'list') return appended(base, over, inService)
  const [left, right] =
    base.kind === over.kind
      ? [base, over]
      : [assignmentsOf(base, findings), assignmentsOf(over, findings)]
  if (left.kind === 'mapping' && right.kind === 'mapping') {
    return mergeMappings(left, right, path, findings)
  }
  const other = `${base.at.file}:${base.at.line}`
  findings.problem(over.at, `this is a ${over.kind} and ${other} has a ${base.kind}; use one form.`)
  return base
}

function appended(base: List, over: List, key: string | undefined): List {
  const items: Node[] = []
  const places = new Map<string, number>()
  for (const item of [...base.items, ...over.items]) {
    const unique = key === undefined ? undefined : itemKey(key, item)
    const place = unique === undefined ? undefined : places.get(unique)
    if (place !== undefined) items[place] = item
    else {
      if (unique !== undefined) places.set(unique, items.length)
      items.push(item)
    }
  }
  return listOf(items, over)
}

function driver(logging: Node): string | undefined {
  const found = logging.kind === 'mapping' ? logging.entries.get('driver')?.value : undefined
  return found?.kind === 'scalar' ? found.text : undefined
}
