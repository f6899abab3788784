import { posix } from 'node:path'
import {
  FOLDER_RULES,
  type FolderRule,
  MAX_LINES,
  NARROWED,
  PACKAGE_EXCEPTIONS,
  PURE_NODE_MODULES,
  SEPARATE_SUBFOLDERS_OF,
  VAGUE_NAMES,
} from './import-rules.ts'
import { type ImportLine, importsOf } from './imports.ts'

/** Path under src/ (with `/`) to text. */
export type Sources = ReadonlyMap<string, string>

const isTest = (path: string): boolean => /\.(test|suite)\.ts$/.test(path)
const folderOf = (path: string): string => path.split('/')[0] ?? ''

/** Everything in a source tree that breaks the layout's rules, as `path:line: what`. Empty when all is well. */
export function violationsOf(sources: Sources): string[] {
  return [
    ...[...sources].flatMap(([path, text]) => [
      ...shapeViolations(path, text),
      ...(isTest(path) ? [] : importViolations(path, text)),
    ]),
    ...cycles(sources),
  ]
}

function shapeViolations(path: string, text: string): string[] {
  const found: string[] = []
  const lines = text.trimEnd().split('\n').length
  if (lines > MAX_LINES) found.push(`${path}:${lines}: more than ${MAX_LINES} lines`)
  const vague = path.split('/').find((part) => VAGUE_NAMES.includes(part.split('.')[0] ?? ''))
  if (vague) found.push(`${path}:1: the name ${vague} does not say what is in it`)
  if (!(folderOf(path) in FOLDER_RULES)) found.push(`${path}:1: no rule for this folder`)
  return found
}

function importViolations(path: string, text: string): string[] {
  const rule = FOLDER_RULES[folderOf(path)]
  if (!rule) return []
  return importsOf(text).flatMap((line) => {
    const problem = line.specifier.startsWith('.')
      ? fileProblem(path, rule, line)
      : packageProblem(path, rule, line.specifier)
    return problem ? [`${path}:${line.line}: ${problem}`] : []
  })
}

function packageProblem(path: string, rule: FolderRule, specifier: string): string | undefined {
  if (specifier.startsWith('<')) return `import(${specifier.slice(1, -1)}) is computed`
  if (specifier.startsWith('node:')) {
    const isPure = (PURE_NODE_MODULES as readonly string[]).includes(specifier)
    const isAllowed = rule.node === 'any' || (rule.node === 'pure' && isPure)
    return isAllowed ? undefined : `${folderOf(path)} may not import ${specifier}`
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const isException = PACKAGE_EXCEPTIONS.some(
    ({ under, packages }) => path.startsWith(under) && packages.includes(name),
  )
  if (rule.packages.includes(name) || isException) return undefined
  return `${folderOf(path)} may not import the package ${name}`
}

function fileProblem(path: string, rule: FolderRule, line: ImportLine): string | undefined {
  const target = posix.join(posix.dirname(path), line.specifier)
  const from = folderOf(path)
  const to = folderOf(target)
  if (target.startsWith('..')) return `${target} is outside src`
  if (isTest(target)) return `${target} is a test`
  if (from === to) return siblingProblem(from, path, target)
  if (!rule.folders.includes(to)) return `${from} may not import ${to}`
  const narrowed = NARROWED.find((n) => n.from === from && n.to === to)
  if (narrowed?.targets && !narrowed.targets.includes(target)) {
    return `of ${to}, ${from} may import only ${narrowed.targets.join(', ')}`
  }
  if (narrowed?.importers && !narrowed.importers.includes(path)) {
    return `of ${from}, only ${narrowed.importers.join(', ')} may import ${to}`
  }
  if (narrowed?.dynamicOnly && !line.isDynamic) return `${to} may be imported only by import()`
  return undefined
}

function siblingProblem(folder: string, path: string, target: string): string | undefined {
  if (folder !== SEPARATE_SUBFOLDERS_OF) return undefined
  const [mine, theirs] = [path, target].map((p) => p.split('/').slice(1, -1)[0])
  const isSeparate = mine !== undefined && theirs !== undefined && mine !== theirs
  return isSeparate ? `${folder}/${mine} may not import ${folder}/${theirs}` : undefined
}

/** Folders of src/ that import each other, directly or round a corner. */
function cycles(sources: Sources): string[] {
  const edges = folderEdges(sources)
  const reach = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (seen.has(from)) return false
    seen.add(from)
    return [...(edges.get(from) ?? [])].some((next) => next === to || reach(next, to, seen))
  }
  return [...edges.keys()]
    .filter((folder) => reach(folder, folder))
    .map((folder) => `${folder}: imports itself through other folders`)
}

function folderEdges(sources: Sources): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>()
  for (const [path, text] of sources) {
    if (isTest(path)) continue
    for (const { specifier } of importsOf(text).filter((line) => line.specifier.startsWith('.'))) {
      const to = folderOf(posix.join(posix.dirname(path), specifier))
      const from = folderOf(path)
      if (to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to))
    }
  }
  return edges
}
