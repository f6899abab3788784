/** One object of a database's schema. */
export interface SchemaObject {
  /** `table`, `column`, `index`, … */
  readonly kind: string
  /** Unique within its kind: `public.users.email`. */
  readonly name: string
  /** What it is, so that two alike have the same text. */
  readonly definition: string
  /** What it is part of and goes with: a table's column, a function's grant. */
  readonly of?: string | null | undefined
  /** Postgres gave it by itself, and it says nothing about what is new. */
  readonly byDefault?: boolean | undefined
}

export interface SchemaChange {
  readonly change: 'added' | 'removed' | 'changed'
  readonly kind: string
  readonly name: string
  /** Its definition in the parent; a whole table's has its parts, a line each. */
  readonly before?: string
  /** In the branch. */
  readonly after?: string
}

/** What a branch's schema has that its parent's has not, the other way round, and what differs; sorted by name. Pure. */
export function schemaDiff(
  parent: readonly SchemaObject[],
  branch: readonly SchemaObject[],
): SchemaChange[] {
  const before = byKey(parent)
  const after = byKey(branch)
  const changes: SchemaChange[] = []
  for (const [key, object] of before) {
    const now = after.get(key)
    const { kind, name } = object
    if (!now) {
      // What goes with its table is told with it.
      if (isWithin(object, before, after)) continue
      changes.push({ change: 'removed', kind, name, before: whole(object, parent) })
    } else if (now.definition !== object.definition) {
      changes.push({
        change: 'changed',
        kind,
        name,
        before: object.definition,
        after: now.definition,
      })
    }
  }
  for (const [key, object] of after) {
    if (before.has(key) || isWithin(object, after, before)) continue
    const { kind, name } = object
    changes.push({ change: 'added', kind, name, after: whole(object, branch) })
  }
  return changes.toSorted((a, b) => compare(a.name, b.name) || compare(a.kind, b.kind))
}

type Objects = ReadonlyMap<string, SchemaObject>

const keyOf = ({ kind, name }: Pick<SchemaObject, 'kind' | 'name'>): string => `${kind} ${name}`

const byKey = (objects: readonly SchemaObject[]): Objects =>
  new Map(objects.map((object) => [keyOf(object), object]))

/** Whether it is part of something that only this side has. */
function isWithin({ of }: SchemaObject, here: Objects, there: Objects): boolean {
  if (typeof of !== 'string') return false
  return wholes.some((kind) => {
    const key = keyOf({ kind, name: of })
    return here.has(key) && !there.has(key)
  })
}

/** Kinds that have parts. */
const wholes = ['table', 'view', 'function', 'sequence', 'schema'] as const

/** Its definition with that of its parts. */
function whole(object: SchemaObject, all: readonly SchemaObject[]): string {
  if (!wholes.some((kind) => kind === object.kind)) return object.definition
  const parts = all.filter((part) => part.of === object.name && !part.byDefault)
  const lines = parts.map(({ kind, name, definition }) => {
    const isInside = name.startsWith(`${object.name}.`) || name.startsWith(`${object.name} `)
    const short = isInside ? name.slice(object.name.length + 1) : name
    return `${kind} ${short}: ${definition}`
  })
  return [object.definition, ...lines].filter((line) => line !== '').join('\n')
}

/** By code unit: the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
