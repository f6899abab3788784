type Key = string | symbol
type Table = Map<Key | undefined, Map<unknown, unknown>>

const tables = new WeakMap<object, Table>()

/**
 * Puts the five functions of the `Reflect` metadata proposal that @peculiar/x509 (through tsyringe) needs into the global
 * `Reflect`, unless somebody has brought the whole of it.
 */
export function provideReflectMetadata(): void {
  if ('getMetadata' in Reflect) return
  Object.assign(Reflect, { defineMetadata, hasOwnMetadata, getOwnMetadata, getMetadata, metadata })
}

function defineMetadata(name: unknown, value: unknown, target: object, property?: Key): void {
  const table: Table = tables.get(target) ?? new Map()
  const values = table.get(property) ?? new Map<unknown, unknown>()
  tables.set(target, table.set(property, values.set(name, value)))
}

function hasOwnMetadata(name: unknown, target: object, property?: Key): boolean {
  return tables.get(target)?.get(property)?.has(name) ?? false
}

function getOwnMetadata(name: unknown, target: object, property?: Key): unknown {
  return tables.get(target)?.get(property)?.get(name)
}

function getMetadata(name: unknown, target: object, property?: Key): unknown {
  for (let at: object | null = target; at; at = Reflect.getPrototypeOf(at)) {
    if (hasOwnMetadata(name, at, property)) return getOwnMetadata(name, at, property)
  }
  return undefined
}

function metadata(name: unknown, value: unknown) {
  return (target: object, property?: Key) => defineMetadata(name, value, target, property)
}
