/** Text-only handling of paths with `/`, so that reading compose never asks the machine. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/')
}

/** Removes `.`, `..` and doubled slashes: `/a/./b//../c` is `/a/c`. */
export function normalise(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute(path)) kept.push(part)
  }
  const joined = kept.join('/')
  return isAbsolute(path) ? `/${joined}` : joined || '.'
}

/** `path` as seen from the folder `base`; an absolute path stays as it is. */
export function resolvePath(base: string, path: string): string {
  return normalise(isAbsolute(path) ? path : `${base}/${path}`)
}

export function folderOf(path: string): string {
  const end = path.lastIndexOf('/')
  if (end < 0) return '.'
  return end === 0 ? '/' : path.slice(0, end)
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Relative to `folder` when inside it, else unchanged: how a person would name the file from there. */
export function displayPath(folder: string, path: string): string {
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return path.startsWith(prefix) ? path.slice(prefix.length) : path
}
