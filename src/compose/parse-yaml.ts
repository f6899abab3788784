import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, ErrorCode, ParsedNode } from 'yaml'
import type { Location } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { mergeKeyEntries } from './merge-key.ts'
import { readPlainScalar } from './plain-scalar.ts'
import { mappingOf, scalarOf } from './tree.ts'
import type { Entry, Mapping, MergeTag, Node, Scalar } from './tree.ts'

/** Far above any real file; far below what an alias bomb expands to. */
const maximumNodes = 500_000

const words: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'YAML does not allow tabs here; indent with spaces.',
  MULTIPLE_DOCS: 'a compose file is one YAML document; remove this `---` and what follows it.',
  BLOCK_AS_IMPLICIT_KEY: 'a second `key:` on one line; put it on a line of its own, or quote it.',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes.',
}

export interface YamlFile {
  readonly text: string
  /** The name that problems show. */
  readonly shownAs: string
  /** Absolute folder that relative paths in this file start from. */
  readonly base: string
}

/** One compose file as a tree with a position at every node; nothing when problems were found. */
export function parseYaml(file: YamlFile, findings: Findings): Mapping | undefined {
  const lines = new LineCounter()
  const document = parseDocument(file.text, {
    lineCounter: lines,
    // Every scalar stays text here; readPlainScalar decides as Compose does.
    schema: 'failsafe',
    prettyErrors: false,
    strict: true,
  })
  const locate = (offset: number): Location => {
    const { line, col } = lines.linePos(offset)
    return { file: file.shownAs, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  for (const error of document.errors) {
    const at = locate(error.pos[0])
    const key = /^[^\s:]+/.exec(file.text.slice(error.pos[0]))?.[0]
    if (error.code === 'DUPLICATE_KEY') {
      findings.problem(at, `"${key}" is here twice; keep one.`)
    } else {
      findings.problem(at, `not valid YAML: ${words[error.code] ?? `${error.message}.`}`)
    }
  }
  if (document.errors.length > 0) return undefined
  const root = new Conversion(document, locate, file.base, findings).convert(document.contents)
  if (root?.kind === 'mapping') return root
  const empty = root === undefined || (root.kind === 'scalar' && root.type === 'null')
  const what = empty ? 'the file is empty' : 'the file is not a list of `key: value`'
  findings.problem(locate(0), `${what}; a compose file starts with \`services:\`.`)
  return undefined
}

class Conversion {
  readonly #document: Document.Parsed
  readonly #locate: (offset: number) => Location
  readonly #base: string
  readonly #findings: Findings
  readonly #open = new Set<ParsedNode>()
  #count = 0

  constructor(
    document: Document.Parsed,
    locate: (offset: number) => Location,
    base: string,
    findings: Findings,
  ) {
    this.#document = document
    this.#locate = locate
    this.#base = base
    this.#findings = findings
  }

  convert(node: ParsedNode | null): Node | undefined {
    if (node === null) return undefined
    this.#count += 1
    const at = this.#locate(node.range[0])
    if (this.#count === maximumNodes) {
      this.#findings.problem(at, 'aliases expand to too many values; write fewer of them out.')
    }
    if (this.#count >= maximumNodes) return this.#nothing(at)
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target !== undefined && !this.#open.has(target as ParsedNode)) {
        return this.convert(target as ParsedNode)
      }
      const why =
        target === undefined ? `no anchor &${node.source} comes before it` : 'is in itself'
      this.#findings.problem(at, `alias *${node.source}: ${why}.`)
      return this.#nothing(at)
    }
    const tag = mergeTag(node.tag)
    const tagged = tag ? { tag } : {}
    this.#open.add(node)
    try {
      if (isMap(node)) return mappingOf(this.#entries(node.items), at, tagged)
      if (isSeq(node)) {
        const items = node.items.map((item) => this.convert(item) ?? this.#nothing(at))
        return { kind: 'list', items, at, ...tagged }
      }
    } finally {
      this.#open.delete(node)
    }
    if (!isScalar(node)) return this.#nothing(at)
    const plain = node.type === 'PLAIN' && node.tag !== 'tag:yaml.org,2002:str'
    // Under the failsafe schema a scalar's value is its text.
    const value = typeof node.value === 'string' ? node.value : ''
    const source = plain ? (node.source ?? '') : value
    const read = plain ? readPlainScalar(source) : { type: 'string' as const, text: source }
    return { ...scalarOf(read.text, { at, base: this.#base }), type: read.type, source, ...tagged }
  }

  #entries(items: readonly { key: ParsedNode; value: ParsedNode | null }[]): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    const merged: Node[] = []
    for (const { key, value } of items) {
      const at = this.#locate(key.range[0])
      const name = isAlias(key) ? key.resolve(this.#document) : key
      if (!isScalar(name)) {
        this.#findings.problem(at, 'a key must be text; put it in quotes.')
        continue
      }
      const node = this.convert(value) ?? this.#nothing(at)
      if (String(name.value) === '<<' && isScalar(key) && key.type === 'PLAIN') merged.push(node)
      else entries.set(String(name.value), { at, value: node })
    }
    return merged.length > 0 ? mergeKeyEntries(merged, entries, this.#findings) : entries
  }

  #nothing(at: Location): Scalar {
    return { ...scalarOf('', { at, base: this.#base }), type: 'null' }
  }
}

function mergeTag(tag: string | undefined): MergeTag | undefined {
  if (tag === '!reset') return 'reset'
  return tag === '!override' ? 'override' : undefined
}
