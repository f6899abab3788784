import type { Template } from '../contract/project.ts'

/** Finds a variable in the shell or an env file; undefined when it is in neither. */
export type Lookup = (name: string) => string | undefined

type Operator = ':-' | '-' | ':?' | '?' | ':+' | '+'
type Part = string | { readonly name: string; readonly operator?: Operator; readonly word: Part[] }

export type Evaluation =
  { readonly template: Template; readonly interpolated: boolean } | { readonly problem: string }

const variableName = /[A-Za-z_][A-Za-z0-9_]*/y
const operators: readonly Operator[] = [':-', ':?', ':+', '-', '?', '+']
/** The contract's ConfigName. */
const longestConfigName = 64

class Malformed extends Error {}

/**
 * Replaces `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:?e}`, `${X?e}`, `${X:+a}`, `${X+a}` (nested as deep as wanted) and `$$`.
 * A variable that is nowhere and has no operator stays, as a reference to config; with an operator it counts as unset.
 */
export function evaluate(text: string, lookup: Lookup): Evaluation {
  if (!text.includes('$')) return { template: text ? [text] : [], interpolated: false }
  try {
    const [parts] = parse(text, 0)
    const interpolated = parts.some((part) => typeof part !== 'string')
    return { template: joined(parts.flatMap((part) => expand(part, lookup))), interpolated }
  } catch (error) {
    if (error instanceof Malformed) return { problem: error.message }
    throw error
  }
}

/** Puts neighbouring text together and drops empty text, so that equal values look equal. */
export function joined(template: Template): Template {
  const result: Template = []
  for (const part of template) {
    const last = result.at(-1)
    if (typeof part !== 'string') result.push(part)
    else if (typeof last === 'string') result[result.length - 1] = last + part
    else if (part !== '') result.push(part)
  }
  return result
}

/** The text of a template where Compose would see an empty variable for each reference. */
export function withoutConfig(template: Template): string {
  return template.filter((part) => typeof part === 'string').join('')
}

/** The parts from `start` up to the letter `end`, or to the end of the text; and where it stopped. */
function parse(text: string, start: number, end?: string): [Part[], number] {
  const parts: Part[] = []
  let plain = ''
  let at = start
  while (at < text.length && text[at] !== end) {
    // A dollar sign that starts no variable is itself, as with Compose.
    if (text[at] !== '$' || !/[A-Za-z_{$]/.test(text[at + 1] ?? '')) {
      plain += text[at]
      at += 1
    } else if (text[at + 1] === '$') {
      plain += '$'
      at += 2
    } else {
      parts.push(plain)
      plain = ''
      const [part, after] = parseVariable(text, at)
      parts.push(part)
      at = after
    }
  }
  parts.push(plain)
  return [parts.filter((part) => part !== ''), at]
}

function parseVariable(text: string, at: number): [Part, number] {
  const braced = text[at + 1] === '{'
  const start = at + (braced ? 2 : 1)
  variableName.lastIndex = start
  const name = variableName.exec(text)?.[0]
  // No more than this: what follows may be a secret.
  const shown = /^\$\{?\w*/.exec(text.slice(at))![0]
  if (name === undefined) {
    throw new Malformed(
      `"${shown}" is not a variable: write $$ for a plain dollar sign, or \${NAME} for a variable.`,
    )
  }
  let end = start + name.length
  if (!braced) return [{ name, word: [] }, end]
  const operator = operators.find((candidate) => text.startsWith(candidate, end))
  let word: Part[] = []
  if (operator) [word, end] = parse(text, end + operator.length, '}')
  if (text[end] !== '}') {
    throw new Malformed(
      `"${shown}" is not complete: a variable is \${NAME}, \${NAME:-default}, \${NAME:?message} or \${NAME:+other}; $$ is a plain dollar sign.`,
    )
  }
  return [operator ? { name, operator, word } : { name, word }, end + 1]
}

function expand(part: Part, lookup: Lookup): Template {
  if (typeof part === 'string') return [part]
  const value = lookup(part.name)
  const { operator } = part
  if (operator === undefined) {
    if (value !== undefined) return [value]
    if (part.name.length > longestConfigName) {
      throw new Malformed(
        `\${${part.name}} is not set, and is too long to be the name of a config.`,
      )
    }
    return [{ config: part.name }]
  }
  const word = () => part.word.flatMap((inner) => expand(inner, lookup))
  const set = value !== undefined && !(operator.startsWith(':') && value === '')
  if (operator.endsWith('+')) return set ? word() : []
  if (set) return [value]
  if (operator.endsWith('-')) return word()
  const said = withoutConfig(word())
  const state = value === undefined ? 'not set' : 'empty'
  throw new Malformed(
    `\${${part.name}} is required and ${state}${said ? `: ${said}` : ''}. Set it in .env or in the shell.`,
  )
}
