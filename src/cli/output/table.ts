import { stripVTControlCharacters } from 'node:util'
import type { Colour } from './colour.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** The column that gives way when the terminal is narrow. */
  readonly shrinks?: boolean
  /** Left out when the terminal is too narrow for all columns; the lowest number goes first. */
  readonly yields?: number
}

const gap = '  '
/** Narrower than this a shortened cell says nothing. */
const leastWidth = 8

/**
 * Rows as aligned text without a trailing newline. With a width, columns that yield are left out and those that shrink
 * are cut with an ellipsis until a line fits; without one nothing is cut, so that scripts see all.
 */
export function table<Row>(
  allColumns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, colour }: { readonly width?: number | undefined; readonly colour: Colour },
): string {
  const columns = width === undefined ? allColumns : fitting(allColumns, rows, width)
  const cells = rows.map((row) => columns.map((column) => column.value(row)))
  const widths = columns.map((column) => widthOf(column, rows))
  if (width !== undefined) shrink(columns, widths, width)
  const line = (texts: readonly string[]): string =>
    columns
      .map((column, index) => fit(texts[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join(gap)
      .trimEnd()
  const header = colour.dim(line(columns.map((column) => column.title)))
  return [header, ...cells.map(line)].join('\n')
}

const widthOf = <Row>(column: Column<Row>, rows: readonly Row[]): number =>
  Math.max(column.title.length, ...rows.map((row) => visibleLength(column.value(row))))

const totalOf = (widths: readonly number[]): number =>
  widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1))

/** The columns that stay: those that yield go, one after another, until a line fits. */
function fitting<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly Column<Row>[] {
  if (totalOf(columns.map((column) => widthOf(column, rows))) <= width) return columns
  const turns = columns.flatMap(({ yields }) => (yields === undefined ? [] : [yields]))
  if (turns.length === 0) return columns
  const next = Math.min(...turns)
  return fitting(
    columns.filter(({ yields }) => yields !== next),
    rows,
    width,
  )
}

function shrink<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  let excess = totalOf(widths) - width
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
