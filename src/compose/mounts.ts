import { normalise, resolvePath } from './path.ts'
import { child, type Node, type Scalar } from './tree.ts'

/** One entry of a service's `volumes`, short or long form. */
export interface Mount {
  readonly kind: 'bind' | 'volume' | 'tmpfs' | 'other'
  /** Absolute for `bind`, the volume's name for `volume`; absent when there is none. */
  readonly source?: string
  /** Absolute path in the container. */
  readonly target: string
}

/** Reads either form; undefined when there is no target. `home` stands for `~`. */
export function mountOf(item: Node, home?: string): Mount | undefined {
  if (item.kind === 'scalar') return shortForm(item, home)
  const target = child(item, 'target')
  if (target?.kind !== 'scalar') return undefined
  const source = child(item, 'source')
  const type = child(item, 'type')
  const kind = type?.kind === 'scalar' ? type.text : 'volume'
  const place = normalise(target.text)
  if (source?.kind !== 'scalar') return { kind: kindOf(kind), target: place }
  const from = kind === 'bind' ? hostPath(source.text, source, home) : source.text
  return { kind: kindOf(kind), source: from, target: place }
}

function shortForm(item: Scalar, home: string | undefined): Mount | undefined {
  const [first, second] = item.text.split(':') as [string, string?]
  if (first === '') return undefined
  // With one part, or a mode such as `ro` in second place, the part is a target with an anonymous volume.
  if (second === undefined || !second.startsWith('/')) {
    return { kind: 'volume', target: normalise(first) }
  }
  const target = normalise(second)
  const isPath = /^[./~]/.test(first)
  if (!isPath) return { kind: 'volume', source: first, target }
  return { kind: 'bind', source: hostPath(first, item, home), target }
}

function hostPath(path: string, like: Scalar, home: string | undefined): string {
  const fromHome = home !== undefined && (path === '~' || path.startsWith('~/'))
  return resolvePath(like.base, fromHome ? `${home}${path.slice(1)}` : path)
}

function kindOf(type: string): Mount['kind'] {
  return type === 'bind' || type === 'volume' || type === 'tmpfs' ? type : 'other'
}
