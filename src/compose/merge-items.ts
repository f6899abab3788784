import { mountOf } from './mounts.ts'
import { child, type Node } from './tree.ts'

/**
 * What makes two items of a service's list the same thing: the target of a volume, the address of a port, the place of a
 * secret. Undefined when items of that list are never the same.
 */
export function itemKey(list: string, item: Node): string | undefined {
  switch (list) {
    case 'volumes':
      return mountOf(item)?.target
    case 'ports':
      return portKey(item)
    case 'secrets':
      return grantTarget(item, '/run/secrets/')
    case 'configs':
      return grantTarget(item, '/')
    case 'expose':
    case 'dns':
    case 'dns_search':
    case 'tmpfs':
    case 'profiles':
      return text(item)
    default:
      return undefined
  }
}

/** Where a service finds a secret or config that it was granted, as an absolute path in the container. */
export function grantTarget(item: Node, folder: string): string | undefined {
  const name = text(item) ?? text(child(item, 'target')) ?? text(child(item, 'source'))
  if (name === undefined) return undefined
  return name.startsWith('/') ? name : `${folder}${name}`
}

function text(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined
}

/** `127.0.0.1:5432:5432/tcp` for both forms. */
function portKey(item: Node): string | undefined {
  const short = text(item)
  if (short !== undefined) {
    const [ports, protocol = 'tcp'] = short.split('/') as [string, string?]
    const parts = ports.split(':')
    const target = parts.pop()
    const published = parts.pop() ?? ''
    return `${parts.join(':') || '0.0.0.0'}:${published}:${target}/${protocol}`
  }
  const part = (key: string, otherwise: string) => text(child(item, key)) ?? otherwise
  const address = `${part('host_ip', '0.0.0.0')}:${part('published', '')}`
  return `${address}:${part('target', '')}/${part('protocol', 'tcp')}`
}
