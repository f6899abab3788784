import type { Location, Template } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { unescape } from './dotenv-escapes.ts'
import { evaluate, withoutConfig, type Lookup } from './template.ts'

export interface EnvFile {
  readonly text: string
  /** The name that problems show. */
  readonly shownAs: string
}

export interface EnvFileEntry {
  /** Null when the file has only the name, which passes on a value from elsewhere. */
  readonly value: Template | null
  readonly at: Location
}

const statement = /(?:export[ \t]+)?([^\s=:#'"]+)[ \t]*(?:([=:])[ \t]*|(?=\r?\n|$|[ \t]*#))/y
const blank = /(?:\s|#[^\n]*)+/y
const unquoted = /[^\n]*/y
const doubleQuoted = /"((?:\\[^]|[^"\\])*)"/y
const singleQuoted = /'((?:\\'|[^'])*)'/y
const restOfLine = /[ \t\r]*(?:#[^\n]*)?(?=\n|$)/y

/**
 * Reads Compose's dialect of env files: `export`, comments, `KEY: value`, single quotes (literal), double quotes
 * (escapes and variables, over several lines) and bare values (variables; a comment starts at ` #`).
 * Variables come from `lookup` first and then from the lines above. A later line with the same key wins.
 */
export function parseEnvFile(
  file: EnvFile,
  lookup: Lookup,
  findings: Findings,
): Map<string, EnvFileEntry> {
  const entries = new Map<string, EnvFileEntry>()
  const { text } = file
  let at = text.startsWith('\uFEFF') ? 1 : 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found
  }
  const earlier: Lookup = (name) => {
    const value = lookup(name) ?? entries.get(name)?.value
    return value === null || typeof value === 'string' ? (value ?? undefined) : flat(value)
  }
  while (true) {
    match(blank)
    if (at >= text.length) return entries
    const here = locate(file, at)
    const key = match(statement)
    if (!key || !/^[\w.[\]-]+$/.test(key[1]!)) {
      const line = /[^\n]*/.exec(text.slice(at - (key?.[0].length ?? 0)))![0]
      findings.problem(here, `"${nameOf(line)}" is not a line of the form NAME=value.`)
      match(unquoted)
      continue
    }
    if (key[2] === undefined) {
      entries.set(key[1]!, { value: null, at: here })
      continue
    }
    const raw = readValue(text[at], match)
    if (raw === null) {
      findings.problem(here, `the value of ${key[1]} has no closing quote; add it.`)
      return entries
    }
    if (raw.literal) entries.set(key[1]!, { value: raw.text ? [raw.text] : [], at: here })
    else {
      const result = evaluate(raw.text, earlier)
      if ('problem' in result) findings.problem(here, `${key[1]}: ${result.problem}`)
      else entries.set(key[1]!, { value: result.template, at: here })
    }
    if (raw.quoted && !match(restOfLine)) {
      findings.problem(here, `${key[1]}: something follows the closing quote; remove it.`)
      match(unquoted)
    }
  }
}

/** Reads `format: raw` env files: every line is KEY=VALUE to the letter. */
export function parseRawEnvFile(file: EnvFile): Map<string, EnvFileEntry> {
  const entries = new Map<string, EnvFileEntry>()
  for (const [index, line] of file.text.split(/\r?\n/).entries()) {
    const found = /^\s*([^\s=#][^=]*?)\s*(?:=(.*))?$/.exec(line)
    if (!found) continue
    const at = { file: file.shownAs, line: index + 1, column: 1 }
    const value = found[2] === undefined ? null : found[2] === '' ? [] : [found[2]]
    entries.set(found[1]!, { value, at })
  }
  return entries
}

function readValue(first: string | undefined, match: (pattern: RegExp) => RegExpExecArray | null) {
  if (first === "'") {
    const found = match(singleQuoted)
    return found && { text: found[1]!.replaceAll("\\'", "'"), literal: true, quoted: true }
  }
  if (first === '"') {
    const found = match(doubleQuoted)
    return found && { text: unescape(found[1]!), literal: false, quoted: true }
  }
  const line = match(unquoted)![0]
    .replace(/[ \t]#.*$/, '')
    .trim()
  return { text: line, literal: false, quoted: false }
}

/** Only the name may be shown: the rest of the line may be a secret. */
function nameOf(line: string): string {
  return line.split(/[=:]/, 1)[0]!.trim().slice(0, 40)
}

function flat(template: Template | undefined): string | undefined {
  return template && withoutConfig(template)
}

function locate(file: EnvFile, offset: number): Location {
  const before = file.text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { file: file.shownAs, line: before.split('\n').length, column: offset - start + 1 }
}
