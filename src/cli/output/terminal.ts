import { type Colour, colours, wantsColour } from './colour.ts'
import { type Column, table } from './table.ts'

/** The part of a writable stream that output needs. */
export interface Sink {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** The two ways out: data on stdout, everything else on stderr. */
export interface Terminal {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Letters in a line of stdout; undefined when it is no terminal, so that nothing is cut or broken for scripts. */
  readonly width: number | undefined
  /** Colours for text that goes to stdout. */
  readonly colour: Colour
  /** Colours for text that goes to stderr. */
  readonly noteColour: Colour
  /** Data: a line, or several. */
  readonly print: (text: string) => void
  /** Data as JSON, indented by two. */
  readonly json: (value: unknown) => void
  /** Data as an aligned table as wide as the terminal. */
  readonly table: <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => void
  /** A line for people. */
  readonly note: (text: string) => void
  /** Something that a person should know and that stops nothing. */
  readonly warn: (text: string) => void
}

export function createTerminal(
  stdout: Sink,
  stderr: Sink,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const colour = colours(wantsColour(env, stdout.isTTY === true))
  const noteColour = colours(wantsColour(env, stderr.isTTY === true))
  const width = (stdout.isTTY && stdout.columns) || undefined
  const print = (text: string): void => void stdout.write(`${text}\n`)
  const note = (text: string): void => void stderr.write(`${text}\n`)
  return {
    stdout,
    stderr,
    width,
    colour,
    noteColour,
    print,
    json: (value) => print(JSON.stringify(value, null, 2)),
    table: (columns, rows) => print(table(columns, rows, { width, colour })),
    note,
    warn: (text) => note(`${noteColour.warning('warning:')} ${text}`),
  }
}
