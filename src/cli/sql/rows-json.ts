import type { Outcome } from './outcome.ts'

const booleanType = 16
const numberTypes = new Set([20, 21, 23, 26, 700, 701, 1700])
const jsonTypes = new Set([114, 3802])

/**
 * What the statements gave, for JSON: the rows of one statement as objects, of several an array of
 * `{ command, rows }`. A number that a JSON reader would change, such as a large bigint, stays a string.
 */
export function outcomesAsJson(outcomes: readonly Outcome[]): unknown {
  const [only, ...others] = outcomes
  if (only && others.length === 0) return rowsOf(only)
  return outcomes.map((outcome) => ({ command: outcome.tag, rows: rowsOf(outcome) }))
}

function rowsOf(outcome: Outcome): Record<string, unknown>[] {
  if (outcome.kind === 'command') return []
  const names = distinct(outcome.columns.map((column) => column.name))
  return outcome.rows.map((row) =>
    Object.fromEntries(
      row.map((value, index) => [
        names[index] ?? '',
        value === null ? null : typed(value, outcome.columns[index]?.typeOid ?? 0),
      ]),
    ),
  )
}

function typed(value: string, typeOid: number): unknown {
  if (typeOid === booleanType) return value === 't'
  if (jsonTypes.has(typeOid)) return JSON.parse(value)
  if (!numberTypes.has(typeOid)) return value
  const number = Number(value)
  return Number.isFinite(number) && String(number) === value ? number : value
}

/** A second column of a name becomes `name_2`, so that no value is lost. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let count = 2; taken.has(free); count += 1) free = `${name}_${count}`
    taken.add(free)
    return free
  })
}
