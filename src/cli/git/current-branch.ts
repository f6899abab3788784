import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** A HEAD is a line; what is longer is none. */
const MOST_BYTES = 4096

/**
 * The Git branch that is checked out where a command runs, by reading `.git/HEAD` and running nothing: `feature/login`. A
 * worktree or submodule has its own. Undefined outside of a repository and on no branch (a detached HEAD, as in most CI).
 */
export function currentGitBranch(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = env['GIT_DIR']
  const folder = named ? resolve(directory, named) : gitFolder(directory)
  const head = folder && firstLine(join(folder, 'HEAD'))
  const [, branch] = /^ref: refs\/heads\/(.+)$/.exec(head ?? '') ?? []
  // What stands there when the references are kept in another form, which only git reads.
  return branch === '.invalid' ? undefined : branch
}

function gitFolder(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const place = join(directory, '.git')
    const found = statSync(place, { throwIfNoEntry: false })
    if (found?.isDirectory()) return place
    // `gitdir: PATH`: a worktree's, or a submodule's.
    const [, elsewhere] = (found?.isFile() && /^gitdir: (.+)$/.exec(firstLine(place) ?? '')) || []
    if (elsewhere) return resolve(directory, elsewhere)
    if (dirname(directory) === directory) return undefined
  }
}

/** Undefined for what is no readable file. */
function firstLine(path: string): string | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(MOST_BYTES)
    return bytes.toString('utf8', 0, readSync(file, bytes)).split(/\r?\n/)[0]
  } finally {
    closeSync(file)
  }
}
