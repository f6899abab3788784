import type { Location } from '../contract/project.ts'
import { parseEnvFile } from './dotenv.ts'
import { shown, type ComposeText, type Scope } from './files.ts'
import { folderOf, resolvePath } from './path.ts'
import { withoutConfig } from './template.ts'
import { child, type Mapping, type Node, type Scalar } from './tree.ts'

/** One entry of a file's `include`: files to merge with each other, and the scope in which they are read. */
export interface Include {
  readonly files: readonly ComposeText[]
  readonly scope: Scope
  readonly at: Location
}

/** Reads `include` in its short (a path) and long form (path, project_directory, env_file). */
export function includesOf(tree: Mapping, scope: Scope): Include[] {
  const list = child(tree, 'include')
  if (!list) return []
  if (list.kind !== 'list') {
    scope.findings.problem(list.at, '`include` is a list of files: put `- ` before the path.')
    return []
  }
  return list.items.flatMap((item) => includeOf(item, scope) ?? [])
}

function includeOf(item: Node, scope: Scope): Include | undefined {
  const paths = item.kind === 'scalar' ? [item] : scalars(child(item, 'path'))
  if (paths.length === 0) {
    scope.findings.problem(item.at, 'an include needs the path of a compose file.')
    return undefined
  }
  const files = paths.flatMap((path) => textAt(path, scope) ?? [])
  const [main] = files
  if (files.length < paths.length || !main) return undefined
  const folder = child(item, 'project_directory')
  const base =
    folder?.kind === 'scalar' ? resolvePath(folder.base, folder.text) : folderOf(main.path)
  const variables = includedVariables(scalars(child(item, 'env_file')), base, scope)
  const lookup = (name: string) => scope.lookup(name) ?? variables.get(name)
  return { files, at: item.at, scope: { ...scope, base, lookup } }
}

/** The included project's own `.env`, or the files it names; the including project's variables win. */
function includedVariables(
  named: readonly Scalar[],
  base: string,
  scope: Scope,
): Map<string, string> {
  const variables = new Map<string, string>()
  const byConvention = `${base}/.env`
  const text = named.length === 0 ? scope.readFile(byConvention) : undefined
  const files = text === undefined ? [] : [{ path: byConvention, text }]
  for (const file of [...files, ...named.flatMap((path) => textAt(path, scope) ?? [])]) {
    const lookup = (name: string) => scope.lookup(name) ?? variables.get(name)
    const shownAs = shown(file.path, scope)
    for (const [name, { value }] of parseEnvFile({ ...file, shownAs }, lookup, scope.findings)) {
      if (value) variables.set(name, withoutConfig(value))
    }
  }
  return variables
}

function textAt(path: Scalar, scope: Scope): ComposeText | undefined {
  const absolute = resolvePath(path.base, path.text)
  const text = scope.readFile(absolute)
  if (text !== undefined) return { path: absolute, text }
  scope.findings.problem(
    path.at,
    `there is no file ${shown(absolute, scope)}; correct the path. (Only files on this machine can be included.)`,
  )
  return undefined
}

function scalars(node: Node | undefined): Scalar[] {
  if (!node) return []
  return (node.kind === 'list' ? node.items : [node]).filter((item) => item.kind === 'scalar')
}
