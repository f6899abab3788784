import type { Template } from '../contract/project.ts'

/** The config names that a template refers to. */
export function configNames(template: Template): string[] {
  return template.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.config]))
}

/** The text of a template; a config that `lookup` does not know stays out, so ask `configNames` first. */
export function fill(template: Template, lookup: (name: string) => string | undefined): string {
  return template
    .map((piece) => (typeof piece === 'string' ? piece : (lookup(piece.config) ?? '')))
    .join('')
}
