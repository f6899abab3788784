import type { Findings } from './findings.ts'
import { interpolate } from './interpolate.ts'
import { mergeTrees, withoutResets } from './merge.ts'
import { normaliseService } from './normalise.ts'
import { parseYaml } from './parse-yaml.ts'
import { displayPath, isAbsolute } from './path.ts'
import type { Lookup } from './template.ts'
import { mappingOf, type Entry, type Mapping } from './tree.ts'

/** What reading files needs to know of the world; nothing here touches the machine by itself. */
export interface Surroundings {
  /** Absolute folder of the project; names in problems are relative to it. */
  readonly directory: string
  /** The text of a file by absolute path; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined
  /** The names in a folder by absolute path; undefined when it is not a folder. */
  readonly listDirectory: (path: string) => readonly string[] | undefined
  readonly findings: Findings
}

/** The same, with the variables that hold for one set of files (an `include` may have its own). */
export interface Scope extends Surroundings {
  readonly lookup: Lookup
  /** Absolute folder that relative paths in these files start from. */
  readonly base: string
}

export interface ComposeText {
  readonly path: string
  readonly text: string
}

/** One file with its variables replaced and its services in their long forms; nothing when it cannot be read. */
export function openFile(file: ComposeText, scope: Scope): Mapping | undefined {
  const shownAs = shown(file.path, scope)
  const tree = parseYaml({ text: file.text, shownAs, base: scope.base }, scope.findings)
  if (!tree) return undefined
  const root = interpolate(tree, scope.lookup, scope.findings)
  const services = root.entries.get('services')
  if (services?.value.kind !== 'mapping') return root
  const entries = new Map<string, Entry>()
  for (const [name, { at, value }] of services.value.entries) {
    if (value.kind === 'mapping') {
      entries.set(name, { at, value: normaliseService(value, scope.findings) })
    } else if (value.tag === 'reset') entries.set(name, { at, value })
    else scope.findings.problem(at, `service "${name}" has nothing below it; give it an image.`)
  }
  const value = mappingOf(entries, services.value.at, services.value)
  return withKey(root, 'services', { at: services.at, value })
}

/** The file's path as problems show it. */
export function shown(path: string, { directory }: Surroundings): string {
  return isAbsolute(path) ? displayPath(directory, path) : path
}

export function withKey(mapping: Mapping, key: string, entry: Entry): Mapping {
  return mappingOf(new Map(mapping.entries).set(key, entry), mapping.at, mapping)
}

export function withoutKey(mapping: Mapping, key: string): Mapping {
  const entries = new Map(mapping.entries)
  entries.delete(key)
  return mappingOf(entries, mapping.at, mapping)
}

/** Merges trees of several files, the later over the earlier. */
export function mergeFiles(trees: readonly Mapping[], findings: Findings): Mapping | undefined {
  const [first, ...rest] = trees
  if (!first) return undefined
  let merged = first
  for (const tree of rest) merged = mergeTrees(merged, tree, findings)
  const clean = withoutResets(merged)
  return clean.kind === 'mapping' ? clean : undefined
}
