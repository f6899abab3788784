import type { Findings } from './findings.ts'
import { joined } from './template.ts'
import { mappingOf, scalarOf } from './tree.ts'
import type { Entry, List, Mapping, Node, Scalar } from './tree.ts'

/** Keys of a service that may be a list of KEY=VALUE and mean a mapping. */
const assignments = ['environment', 'labels', 'annotations', 'sysctls', 'extra_hosts']
/** Keys of a service that may be one text and mean a list of one. */
const texts = ['env_file', 'label_file', 'dns', 'dns_search', 'tmpfs']

/** Gives the short and the long forms of one service the same shape, so that they can be merged. */
export function normaliseService(service: Mapping, findings: Findings): Mapping {
  const entries = new Map(service.entries)
  const change = (key: string, form: (node: Node) => Node) => {
    const entry = entries.get(key)
    if (entry) entries.set(key, { at: entry.at, value: tagged(form(entry.value), entry.value) })
  }
  for (const key of assignments) change(key, (node) => assignmentsOf(node, findings))
  for (const key of texts) change(key, listOfOne)
  change('depends_on', (node) => dependenciesOf(node, findings))
  change('extends', (node) => keyed(node, 'service'))
  change('build', (node) => keyed(node, 'context'))
  return mappingOf(entries, service.at, service)
}

function tagged(node: Node, like: Node): Node {
  return like.tag && !node.tag ? { ...node, tag: like.tag } : node
}

/** `[A=1, B]` as `{A: 1, B: null}`. */
export function assignmentsOf(node: Node, findings: Findings): Node {
  if (node.kind !== 'list') return node
  const entries = new Map<string, Entry>()
  for (const item of node.items) {
    if (item.kind !== 'scalar') {
      findings.problem(item.at, 'every item of this list has the form KEY=value.')
      continue
    }
    const [key, value] = splitAssignment(item)
    if (key === undefined) {
      findings.problem(item.at, 'a name must be written out here; only a value can be config.')
    } else if (key === '') findings.problem(item.at, 'the name before `=` is missing.')
    else entries.set(key, { at: item.at, value })
  }
  return mappingOf(entries, node.at)
}

/** Splits at the first `=` of the literal text; a reference to config is never searched. */
function splitAssignment(item: Scalar): [string | undefined, Scalar] {
  const [head, ...rest] = item.template
  const nothing: Scalar = { ...scalarOf('', item), type: 'null' }
  if (head === undefined) return ['', nothing]
  if (typeof head !== 'string') return [undefined, nothing]
  const cut = head.indexOf('=')
  if (cut < 0) return rest.length > 0 ? [undefined, nothing] : [head.trim(), nothing]
  const text = item.text.slice(cut + 1)
  const template = joined([head.slice(cut + 1), ...rest])
  return [head.slice(0, cut).trim(), { ...item, type: 'string', text, source: text, template }]
}

function listOfOne(node: Node): Node {
  if (node.kind !== 'scalar' || node.type === 'null') return node
  return { kind: 'list', items: [node], at: node.at } satisfies List
}

function keyed(node: Node, key: string): Node {
  if (node.kind !== 'scalar' || node.type === 'null') return node
  return mappingOf(new Map([[key, { at: node.at, value: node }]]), node.at)
}

function dependenciesOf(node: Node, findings: Findings): Node {
  if (node.kind !== 'list') return node
  const entries = new Map<string, Entry>()
  for (const item of node.items) {
    if (item.kind !== 'scalar') {
      findings.problem(item.at, 'every item of this list is the name of a service.')
      continue
    }
    const condition = { at: item.at, value: scalarOf('service_started', item) }
    const value = mappingOf(new Map([['condition', condition]]), item.at)
    entries.set(item.text, { at: item.at, value })
  }
  return mappingOf(entries, node.at)
}
