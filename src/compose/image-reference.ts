export interface ImageReference {
  /** `docker.io`, `localhost:5000`; absent when the reference names none. */
  readonly registry?: string
  /** Path without the registry: `['pgvector', 'pgvector']`. */
  readonly path: readonly string[]
  readonly tag?: string
  readonly digest?: string
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const host = /^(?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*|\[[\da-fA-F:]+\])(?::\d+)?$/
const tagRule = /^\w[\w.-]{0,127}$/
const digestRule = /^[a-zA-Z][\w+.-]*:[\da-fA-F]{32,}$/

/** Reads an image reference by Docker's grammar; undefined when it is not one. */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const named = at < 0 ? text : text.slice(0, at)
  // A colon after the last slash starts the tag; one before it belongs to a registry's port.
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const tag = hasTag ? named.slice(colon + 1) : undefined
  const path = (hasTag ? named.slice(0, colon) : named).split('/')
  const first = path[0]!
  const isRegistry = path.length > 1 && (/[.:A-Z]/.test(first) || first === 'localhost')
  const registry = isRegistry ? path.shift() : undefined
  if (registry !== undefined && !host.test(registry)) return undefined
  if (path.length === 0 || !path.every((part) => component.test(part))) return undefined
  if (tag !== undefined && !tagRule.test(tag)) return undefined
  if (digest !== undefined && !digestRule.test(digest)) return undefined
  return {
    path,
    ...(registry === undefined ? {} : { registry }),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}
