import { type MetaStep, readMetaCommand, refusedMetaCommand } from './sql/meta-command.ts'
import { type Token, tokenAt } from './sql/lexer.ts'

/** One statement for the server. */
export interface ScriptStatement {
  readonly kind: 'sql'
  /** Without the closing semicolon and without comments before it. */
  readonly sql: string
  /** The line of its first character, from 1. */
  readonly line: number
  /** The rows that follow `COPY … FROM stdin;` up to the line `\.`, as they stand. */
  readonly copyData?: string
}

export type ScriptStep = ScriptStatement | MetaStep

/**
 * Splits a SQL script, such as pg_dump writes it, into steps as psql would: strings, dollar quotes, nested comments,
 * parentheses and `BEGIN ATOMIC` bodies hold a statement together. Throws SQL_FAILED with `details.line` for a backslash
 * command that only psql can do. Whether the SQL is right is the server's to say.
 */
export function splitScript(text: string): ScriptStep[] {
  const steps: ScriptStep[] = []
  const lineAt = lineCounter(text)
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const token = tokenAt(text, at)
    if (token.kind === 'blank' || token.kind === 'comment' || token.kind === 'end') {
      at = token.end
    } else if (token.kind === 'backslash') {
      const end = endOfLine(text, at)
      const meta = readMetaCommand(text.slice(at, end), lineAt(at))
      if (meta) steps.push(meta)
      at = end
    } else {
      at = readStatement(text, at, lineAt, steps)
    }
  }
  return steps
}

function readStatement(
  text: string,
  start: number,
  lineAt: (offset: number) => number,
  steps: ScriptStep[],
): number {
  const shape = new Shape()
  let at = start
  while (at < text.length) {
    const token = tokenAt(text, at)
    if (token.kind === 'end' && shape.complete) break
    // `\g`, `\gexec` and their kin end a statement in psql's own way.
    if (token.kind === 'backslash') {
      throw refusedMetaCommand(text.slice(at, endOfLine(text, at)), lineAt(at))
    }
    shape.take(token, text.slice(at, token.kind === 'word' ? token.end : at))
    at = token.end
  }
  const statement = {
    kind: 'sql',
    sql: text.slice(start, at).trimEnd(),
    line: lineAt(start),
  } as const
  if (!shape.copiesIn) {
    steps.push(statement)
    return at + 1
  }
  const data = readCopyData(text, endOfLine(text, at) + 1)
  steps.push({ ...statement, copyData: data.rows })
  return data.end
}

/** What of a statement's form decides where it ends; the rules for BEGIN ATOMIC are those of psql's scanner. */
class Shape {
  /** The first four words say what is being made. */
  #head = ''
  #words = 0
  #routine = false
  #previous = ''
  #parentheses = 0
  #bodies = 0
  #fromStdin = false

  get complete(): boolean {
    return this.#parentheses === 0 && this.#bodies === 0
  }
  get copiesIn(): boolean {
    return this.#head.startsWith('copy ') && this.#fromStdin
  }

  take({ kind }: Token, word: string): void {
    if (kind === 'open') this.#parentheses += 1
    if (kind === 'close' && this.#parentheses > 0) this.#parentheses -= 1
    if (kind !== 'word' || this.#parentheses > 0) return
    const lower = word.toLowerCase()
    if (this.#words < 4) this.#addToHead(lower)
    if (lower === 'stdin' && this.#previous === 'from') this.#fromStdin = true
    if (this.#routine) this.#countBody(lower)
    this.#previous = lower
  }

  #addToHead(word: string): void {
    this.#words += 1
    this.#head += `${word} `
    this.#routine = /^create (or replace )?(function|procedure) /.test(this.#head)
  }

  #countBody(word: string): void {
    if (word === 'begin') this.#bodies += 1
    if (word === 'case' && this.#bodies > 0) this.#bodies += 1
    if (word === 'end' && this.#bodies > 0) this.#bodies -= 1
  }
}

function readCopyData(text: string, start: number): { rows: string; end: number } {
  const close = /^\\\.\r?$/gm
  close.lastIndex = start
  const match = start < text.length ? close.exec(text) : undefined
  if (!match) return { rows: text.slice(start), end: text.length }
  return { rows: text.slice(start, match.index), end: close.lastIndex }
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from)
  return found === -1 ? text.length : found
}

/** Gives the line of an offset; offsets must not go back. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1
  let at = 0
  return (offset) => {
    for (
      let next = text.indexOf('\n', at);
      next !== -1 && next < offset;
      next = text.indexOf('\n', at)
    ) {
      line += 1
      at = next + 1
    }
    return line
  }
}
