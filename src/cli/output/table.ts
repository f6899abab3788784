import { stripVTControlCharacters } from 'node:util'
import type { Colour } from './colour.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** The column that gives way when the terminal is narrow. */
  readonly shrinks?: boolean
}

const gap = '  '
/** Narrower than this a shortened cell says nothing. */
const leastWidth = 8

/**
 * Rows as aligned text without a trailing newline. With a width, the columns that shrink are cut with an ellipsis
 * until a line fits; without one nothing is cut, so that scripts see all.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, colour }: { readonly width?: number | undefined; readonly colour: Colour },
): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)))
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => visibleLength(line[index] ?? ''))),
  )
  if (width !== undefined) shrink(columns, widths, width)
  const line = (texts: readonly string[]): string =>
    columns
      .map((column, index) => fit(texts[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join(gap)
      .trimEnd()
  const header = colour.dim(line(columns.map((column) => column.title)))
  return [header, ...cells.map(line)].join('\n')
}

function shrink<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width
  for (const [index, column] of columns.entries()) {
    if (!column.shrinks || excess <= 0) continue
    const now = widths[index] ?? 0
    const next = Math.max(leastWidth, now - excess)
    if (next >= now) continue
    widths[index] = next
    excess -= now - next
  }
}

/** Code points without colours. */
const letters = (text: string): string[] => Array.from(stripVTControlCharacters(text))

const visibleLength = (text: string): number => letters(text).length

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const length = visibleLength(text)
  if (length > width)
    return `${letters(text)
      .slice(0, width - 1)
      .join('')}…`
  const padding = ' '.repeat(width - length)
  return align === 'left' ? text + padding : padding + text
}
