/** What a piece of SQL text is, as far as finding the end of a statement needs it. */
export type TokenKind =
  'blank' | 'comment' | 'quoted' | 'word' | 'open' | 'close' | 'end' | 'backslash' | 'other'

export interface Token {
  readonly kind: TokenKind
  /** Offset of the first character after it. */
  readonly end: number
}

/**
 * The token at `at`, by the rules of Postgres's own scanner with standard_conforming_strings on. A quote or comment that
 * is never closed reaches to the end of the text, so that the server can say so.
 */
export function tokenAt(text: string, at: number): Token {
  const first = text[at] ?? ''
  switch (first) {
    case "'":
    case '"':
      // A doubled quote ends one quoted token and starts the next, which comes to the same.
      return { kind: 'quoted', end: endOf(text, first, at + 1) }
    case '(':
      return { kind: 'open', end: at + 1 }
    case ')':
      return { kind: 'close', end: at + 1 }
    case ';':
      return { kind: 'end', end: at + 1 }
    case '\\':
      return { kind: 'backslash', end: at + 1 }
    case '$': {
      const tag = match(dollarTag, text, at)
      if (tag === undefined) return { kind: 'other', end: at + 1 }
      return { kind: 'quoted', end: endOf(text, text.slice(at, tag), tag) }
    }
    case '-':
      if (!text.startsWith('--', at)) return { kind: 'other', end: at + 1 }
      return { kind: 'comment', end: match(restOfLine, text, at) ?? text.length }
    case '/':
      if (!text.startsWith('/*', at)) return { kind: 'other', end: at + 1 }
      return { kind: 'comment', end: endOfBlock(text, at + 2) }
    default:
      return wordOrOther(text, at, first)
  }
}

const restOfLine = /[^\n]*/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
const blanks = /\s+/y
/** A word may contain `$`, so that `a$$` opens nothing. */
const word = /[\w\u0080-\uffff][\w$\u0080-\uffff]*/y
const others = /[^\s\w'"();\\$\-/\u0080-\uffff]+/y

function wordOrOther(text: string, at: number, first: string): Token {
  if ((first === 'E' || first === 'e') && text[at + 1] === "'") {
    return { kind: 'quoted', end: endOfEscaped(text, at + 2) }
  }
  const afterBlanks = match(blanks, text, at)
  if (afterBlanks !== undefined) return { kind: 'blank', end: afterBlanks }
  const afterWord = match(word, text, at)
  if (afterWord !== undefined) return { kind: 'word', end: afterWord }
  return { kind: 'other', end: match(others, text, at) ?? at + 1 }
}

/** The offset after a match that starts at `at`. */
function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function endOf(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from)
  return found === -1 ? text.length : found + closing.length
}

/** Block comments nest. */
function endOfBlock(text: string, from: number): number {
  const edge = /\/\*|\*\//g
  edge.lastIndex = from
  for (let depth = 1, match = edge.exec(text); match; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  return text.length
}

/** `E'…'`: a backslash takes the next character along, and a doubled quote stays inside. */
function endOfEscaped(text: string, from: number): number {
  const edge = /\\[\s\S]|''|'/g
  edge.lastIndex = from
  for (let match = edge.exec(text); match; match = edge.exec(text)) {
    if (match[0] === "'") return edge.lastIndex
  }
  return text.length
}
