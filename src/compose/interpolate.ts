import type { Findings } from './findings.ts'
import { evaluate, withoutConfig, type Lookup } from './template.ts'
import { listOf, mappingOf, type Entry, type Mapping, type Node, type Scalar } from './tree.ts'

/** Replaces the variables in every value of a tree; keys stay as they are, as with Compose. */
export function interpolate(tree: Mapping, lookup: Lookup, findings: Findings): Mapping {
  const entries = new Map<string, Entry>()
  for (const [key, entry] of tree.entries) {
    entries.set(key, { at: entry.at, value: interpolateNode(entry.value, lookup, findings) })
  }
  return mappingOf(entries, tree.at, tree)
}

function interpolateNode(node: Node, lookup: Lookup, findings: Findings): Node {
  if (node.kind === 'scalar') return interpolateScalar(node, lookup, findings)
  if (node.kind === 'mapping') return interpolate(node, lookup, findings)
  return listOf(
    node.items.map((item) => interpolateNode(item, lookup, findings)),
    node,
  )
}

/** The same for one value. What cannot be read becomes empty, after its problem is noted. */
export function interpolateScalar(scalar: Scalar, lookup: Lookup, findings: Findings): Scalar {
  if (scalar.type !== 'string' || !scalar.text.includes('$')) return scalar
  const result = evaluate(scalar.text, lookup)
  if ('problem' in result) {
    findings.problem(scalar.at, result.problem)
    return { ...scalar, text: '', source: '', template: [], interpolated: true }
  }
  const text = withoutConfig(result.template)
  const { template, interpolated } = result
  return { ...scalar, text, source: text, template, interpolated }
}
