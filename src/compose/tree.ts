import type { Location, Template } from '../contract/project.ts'

/** What a plain YAML scalar is; quoted and block scalars are always strings. */
export type ScalarType = 'null' | 'boolean' | 'number' | 'string'

export interface Scalar {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** The value as Compose prints it: `0x10` is `16`. Unresolved variables are nothing, as with Compose. */
  readonly text: string
  /** The value as it was typed: `16.10` stays `16.10`. */
  readonly source: string
  /** `text` with references to config still in it. */
  readonly template: Template
  /** Whether a variable took part in the value. */
  readonly interpolated: boolean
  readonly at: Location
  /** Absolute folder that a relative path written here starts from. */
  readonly base: string
  readonly tag?: MergeTag
}

export interface List {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly at: Location
  readonly tag?: MergeTag
}

export interface Entry {
  /** Where the key is. */
  readonly at: Location
  readonly value: Node
}

export interface Mapping {
  readonly kind: 'mapping'
  readonly entries: ReadonlyMap<string, Entry>
  readonly at: Location
  readonly tag?: MergeTag
  /** Part of it could not be read, so nothing may be concluded from what is not there. */
  readonly incomplete?: boolean
}

export type Node = Scalar | List | Mapping

/** Compose's `!reset` (as if never written) and `!override` (replaces instead of merging). */
export type MergeTag = 'reset' | 'override'

/** The value of a key; an absent key and a null are both nothing. */
export function child(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let current = node
  for (const key of path) {
    current = current?.kind === 'mapping' ? current.entries.get(key)?.value : undefined
  }
  return current?.kind === 'scalar' && current.type === 'null' ? undefined : current
}

export function mappingOf(
  entries: ReadonlyMap<string, Entry>,
  at: Location,
  like?: Pick<Mapping, 'tag' | 'incomplete'>,
): Mapping {
  return {
    kind: 'mapping',
    entries,
    at,
    ...(like?.tag ? { tag: like.tag } : {}),
    ...(like?.incomplete ? { incomplete: true } : {}),
  }
}

export function listOf(items: readonly Node[], like: List): List {
  return { kind: 'list', items, at: like.at, ...(like.tag ? { tag: like.tag } : {}) }
}

/** A scalar made while reading, at the place of what it was made from. */
export function scalarOf(text: string, like: { at: Location; base: string }): Scalar {
  return {
    kind: 'scalar',
    type: 'string',
    text,
    source: text,
    template: text === '' ? [] : [text],
    interpolated: false,
    at: like.at,
    base: like.base,
  }
}

/** Names of config that a value still needs. */
export function configNames(template: Template): string[] {
  return template.flatMap((part) => (typeof part === 'string' ? [] : [part.config]))
}

/** Whether two values say the same, wherever they were written. */
export function sameValue(a: Node, b: Node): boolean {
  if (a.kind === 'scalar' && b.kind === 'scalar') {
    return a.type === b.type && JSON.stringify(a.template) === JSON.stringify(b.template)
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return (
      a.items.length === b.items.length && a.items.every((item, i) => sameValue(item, b.items[i]!))
    )
  }
  if (a.kind === 'mapping' && b.kind === 'mapping') {
    if (a.entries.size !== b.entries.size) return false
    return [...a.entries].every(([key, entry]) => {
      const other = b.entries.get(key)
      return other !== undefined && sameValue(entry.value, other.value)
    })
  }
  return false
}
