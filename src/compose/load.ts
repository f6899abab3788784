import { applyExtends } from './extends.ts'
import { mergeFiles, openFile, shown, withKey, withoutKey } from './files.ts'
import type { ComposeText, Scope } from './files.ts'
import { includesOf } from './include.ts'
import { mappingOf, sameValue, type Mapping } from './tree.ts'

const sections = ['services', 'networks', 'volumes', 'secrets', 'configs', 'models']

/**
 * Reads and merges files in order, with what they `extends` and `include`. Undefined when none of them can be read;
 * the problems say why. `including` holds the paths of the files that include these.
 */
export function loadFiles(
  files: readonly ComposeText[],
  scope: Scope,
  including: readonly string[] = [],
): Mapping | undefined {
  const trees: Mapping[] = []
  for (const file of files) {
    const opened = openFile(file, scope)
    if (!opened) continue
    const extended = applyExtends(opened, file.path, scope)
    trees.push(withIncludes(extended, scope, [...including, file.path]))
  }
  return mergeFiles(trees, scope.findings)
}

function withIncludes(tree: Mapping, scope: Scope, including: readonly string[]): Mapping {
  let result = withoutKey(tree, 'include')
  for (const include of includesOf(tree, scope)) {
    const again = include.files.find((file) => including.includes(file.path))
    if (again) {
      const circle = [...including, again.path].map((path) => shown(path, scope)).join(' -> ')
      scope.findings.problem(include.at, `files include each other in a circle (${circle}).`)
      continue
    }
    const included = loadFiles(include.files, include.scope, including)
    if (included) result = imported(included, result, scope)
  }
  return result
}

/** Compose lets no file redefine what it includes; only a later file may override it. */
function imported(from: Mapping, into: Mapping, { findings }: Scope): Mapping {
  let result = into
  for (const section of sections) {
    const source = from.entries.get(section)
    if (source?.value.kind !== 'mapping') continue
    const target = result.entries.get(section)
    const entries = new Map(target?.value.kind === 'mapping' ? target.value.entries : [])
    for (const [name, entry] of source.value.entries) {
      const own = entries.get(name)
      if (!own) entries.set(name, entry)
      else if (!sameValue(own.value, entry.value)) {
        const place = `${entry.at.file}:${entry.at.line}`
        findings.problem(
          own.at,
          `${section}.${name} is also in the included file (${place}); rename one of them.`,
        )
      }
    }
    const value = mappingOf(entries, target?.value.at ?? source.value.at)
    result = withKey(result, section, { at: target?.at ?? source.at, value })
  }
  return result
}
