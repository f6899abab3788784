import { displayLines, displayWidth } from './cell.ts'
import { isRightAligned, type Outcome, rowCount } from './outcome.ts'

/** What a statement gave, exactly as psql prints it by default (format aligned, border 1, ASCII lines). */
export function formatAligned(outcome: Outcome): string {
  if (outcome.kind === 'command') return `${outcome.tag}\n`
  const footer = `${rowCount(outcome.rows.length)}\n\n`
  if (outcome.columns.length === 0) return `--\n${footer}`
  const header = outcome.columns.map((column) => displayLines(column.name))
  const cells = outcome.rows.map((row) => row.map((value) => displayLines(value ?? '')))
  const widths = header.map((lines, index) =>
    cells.reduce((most, row) => Math.max(most, widest(row[index] ?? [])), widest(lines)),
  )
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  const right = outcome.columns.map(isRightAligned)
  return [
    ...headerLines(header, widths),
    rule,
    ...cells.flatMap((row) => rowLines(row, widths, right)),
    footer,
  ].join('\n')
}

const widest = (lines: readonly string[]): number =>
  lines.reduce((most, line) => Math.max(most, displayWidth(line)), 0)

const height = (cells: readonly (readonly string[])[]): number =>
  cells.reduce((most, lines) => Math.max(most, lines.length), 0)

function headerLines(cells: readonly (readonly string[])[], widths: readonly number[]): string[] {
  return Array.from({ length: height(cells) }, (_, line) =>
    cells
      .map((lines, column) => {
        const text = lines[line] ?? ''
        const space = (widths[column] ?? 0) - displayWidth(text)
        const centred = ' '.repeat(Math.floor(space / 2)) + text + ' '.repeat(Math.ceil(space / 2))
        return ` ${centred}${line + 1 < lines.length ? '+' : ' '}`
      })
      .join('|'),
  )
}

/** A row's lines. The last column is not padded on the right, unless a `+` says that the value goes on. */
function rowLines(
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  right: readonly boolean[],
): string[] {
  return Array.from({ length: height(cells) }, (_, line) =>
    cells
      .map((lines, column) => {
        const text = lines[line] ?? ''
        const goesOn = line + 1 < lines.length
        const last = column === cells.length - 1
        const space = ' '.repeat((widths[column] ?? 0) - displayWidth(text))
        const ended = line >= lines.length
        const padded =
          right[column] && !ended ? space + text : text + (last && !goesOn ? '' : space)
        return ` ${padded}${goesOn ? '+' : last ? '' : ' '}`
      })
      .join('|'),
  )
}
