import type { SchemaChange } from '../../contract/branch-plan.ts'
import type { Colour } from '../output/colour.ts'

/** Differences as a unified list: what a branch has more with `+`, what it lacks with `-`, what differs with both. */
export function diffText(changes: readonly SchemaChange[], colour: Colour): string {
  const lines = changes.flatMap(({ change, kind, name, before, after }) => {
    const mark = { added: '+', removed: '-', changed: '~' }[change]
    const paint = { added: colour.good, removed: colour.bad, changed: colour.warning }[change]
    return [
      paint(`${mark} ${kind} ${name}`),
      ...bodyOf('-', before).map((line) => colour.bad(line)),
      ...bodyOf('+', after).map((line) => colour.good(line)),
    ]
  })
  return lines.join('\n')
}

const bodyOf = (mark: string, definition: string | undefined): string[] =>
  definition === undefined || definition === ''
    ? []
    : definition
        .trimEnd()
        .split('\n')
        .map((line) => `    ${mark} ${line}`)
