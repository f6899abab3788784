import type { Findings } from './findings.ts'
import { baseName } from './path.ts'
import type { Lookup } from './template.ts'
import type { Scalar } from './tree.ts'

/** The contract's ProjectName, which is Compose's rule. */
const valid = /^[a-z0-9][a-z0-9_-]*$/

interface Sources {
  /** From `-p`. */
  readonly flag: string | undefined
  readonly lookup: Lookup
  /** Top-level `name:` of the last file that has one, variables replaced. */
  readonly written: Scalar | undefined
  readonly directory: string
  /** A file to name in problems that have no place of their own. */
  readonly file: string
}

/** `-p`, else COMPOSE_PROJECT_NAME, else `name:`, else the folder's name as far as its letters can be used. */
export function projectName(sources: Sources, findings: Findings): string {
  const { flag, written, directory } = sources
  const start = { file: sources.file, line: 1, column: 1 }
  const environment = sources.lookup('COMPOSE_PROJECT_NAME')
  const given = [
    { name: flag, from: '-p', at: start },
    { name: environment, from: 'COMPOSE_PROJECT_NAME', at: start },
    { name: written?.text, from: '`name`', at: written?.at ?? start },
  ].find(({ name }) => name !== undefined && name !== '')
  const name = given?.name ?? normaliseProjectName(baseName(directory))
  if (valid.test(name)) return name
  if (given) {
    findings.problem(
      given.at,
      `invalid project name "${name}" (from ${given.from}): use lower-case letters, digits, "-" and "_", and start with a letter or digit.`,
    )
  } else {
    findings.problem(start, 'the folder’s name cannot name a project; add `name:` at the top.')
  }
  return 'unnamed'
}

/** Compose's rule: lower case, only `a-z0-9_-`, and no `-` or `_` in front. */
export function normaliseProjectName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}
