import type { Findings } from './findings.ts'
import type { Entry, Mapping, Node } from './tree.ts'

/**
 * The keys of a mapping that has `<<`: its own first, then those of the merged mappings, the earlier of which win.
 * (YAML's merge-key type, https://yaml.org/type/merge.html.)
 */
export function mergeKeyEntries(
  merged: readonly Node[],
  own: ReadonlyMap<string, Entry>,
  findings: Findings,
): Map<string, Entry> {
  const sources: Mapping[] = []
  for (const node of merged) {
    for (const item of node.kind === 'list' ? node.items : [node]) {
      if (item.kind === 'mapping') sources.push(item)
      else findings.problem(item.at, '`<<` takes a mapping, usually an alias such as *name.')
    }
  }
  const entries = new Map<string, Entry>()
  for (const source of sources.reverse()) {
    for (const [key, entry] of source.entries) entries.set(key, entry)
  }
  for (const [key, entry] of own) entries.set(key, entry)
  return entries
}
