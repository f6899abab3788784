import type { Location } from '../contract/project.ts'
import { shown, type Surroundings } from './files.ts'
import type { GrantedFile } from './granted-files.ts'
import { baseName, folderOf } from './path.ts'

export const initFolder = '/docker-entrypoint-initdb.d'

interface InitFile {
  readonly name: string
  readonly path: string
}

/**
 * The files mounted at /docker-entrypoint-initdb.d, in the order of their names byte by byte. As in the official image,
 * `.sql`, `.sql.gz` and `.sh` run and other files do not; what that image would run and we cannot is a problem.
 */
export function readInitFiles(
  granted: readonly GrantedFile[],
  surroundings: Surroundings,
): InitFile[] {
  const found = new Map<string, InitFile & { at: Location }>()
  const mounts = granted.filter(({ target }) => {
    return target === initFolder || folderOf(target) === initFolder
  })
  // A file mounted by itself covers one of the same name in the folder, so it comes later.
  mounts.sort((a, b) => a.target.length - b.target.length)
  for (const mount of mounts) {
    for (const file of filesOf(mount, surroundings)) found.set(file.name, { ...file, at: mount.at })
  }
  const files: InitFile[] = []
  for (const { name, path, at } of [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (/\.(?:sql|sql\.gz|sh)$/.test(name)) files.push({ name, path })
    else if (/\.sql\.(?:xz|zst)$/.test(name)) {
      surroundings.findings.problem(
        at,
        `${name}: this compression is not supported; unpack it, or pack it as .sql.gz.`,
      )
    } else {
      surroundings.findings.note(
        at,
        `${name} is not run: only .sql, .sql.gz and .sh are, as in the official image.`,
      )
    }
  }
  return files
}

function filesOf({ target, from, at }: GrantedFile, surroundings: Surroundings): InitFile[] {
  const { findings, listDirectory } = surroundings
  if (from.kind === 'broken') return []
  if (from.kind === 'content') {
    findings.problem(
      at,
      `${target} must be a file on this machine; write it to one and mount that.`,
    )
    return []
  }
  const names = listDirectory(from.path)
  if (target === initFolder) {
    if (names) return visible(names).map((name) => ({ name, path: `${from.path}/${name}` }))
    const what = `there is no folder ${shown(from.path, surroundings)} to mount at ${initFolder}`
    findings.problem(at, `${what}; create it, or mount single files below that place.`)
    return []
  }
  if (names) {
    findings.note(at, `${target} is a folder, and folders below ${initFolder} are not run.`)
    return []
  }
  if (listDirectory(folderOf(from.path))?.includes(baseName(from.path))) {
    return visible([baseName(target)]).map((name) => ({ name, path: from.path }))
  }
  findings.problem(at, `there is no file ${shown(from.path, surroundings)}; correct the path.`)
  return []
}

/** The official image runs what `*` matches, which leaves out names with a dot in front. */
function visible(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith('.'))
}
