import { z } from 'zod'
import { ClusterPorts } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'

/** What a machine needs to ask a cluster to be let in. The whole is secret, for `secret` is. */
export const JoinToken = z.object({
  /** Of hosts with a member of etcd; any of them can be asked. */
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).min(1),
  ports: ClusterPorts,
  /** SHA-256 of the cluster’s certificate authority, in lower-case hexadecimal: the only one to be trusted. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** An API token of the purpose `join`. */
  secret: z.string(),
})
export type JoinToken = z.output<typeof JoinToken>

/** `hwj_<check>_<content>`: the prefix lets scanners of repositories find one that was committed. */
const FORM = /^hwj_([0-9a-f]{8})_([A-Za-z0-9_-]+)$/

/** The token as one word to copy. */
export function encodeJoinToken({ addresses, ports, fingerprint, secret }: JoinToken): string {
  const { api, etcdClient, etcdPeer, etcdMetrics } = ports
  const facts = [addresses, [api, etcdClient, etcdPeer, etcdMetrics], fingerprint, secret]
  const content = btoa(JSON.stringify(facts))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return `hwj_${checkOf(content)}_${content}`
}

/** What a token says. USAGE with what is wrong with a text that is none, never with the text. */
export function parseJoinToken(text: string): JoinToken {
  const trimmed = text.trim()
  if (!trimmed.startsWith('hwj_')) {
    throw noToken(
      trimmed.startsWith('hwd_')
        ? 'this is a token for logging in (`howdah token create`), and a machine joins with one of `howdah host token`'
        : 'this is no token for joining: one begins with hwj_',
    )
  }
  const [, check, content] = FORM.exec(trimmed) ?? []
  if (content === undefined || check !== checkOf(content)) {
    throw noToken('the token is cut short, or a letter of it is another')
  }
  const parsed = JoinToken.safeParse(named(content))
  if (parsed.success) return parsed.data
  throw noToken('the token is of another version of howdah')
}

const noToken = (why: string): AppError =>
  new AppError('USAGE', why, {
    hint: 'Copy all that `howdah host token` printed on a host of the cluster; it is one word.',
  })

/** Undefined for what is not as `encodeJoinToken` makes it. */
function named(content: string): unknown {
  try {
    const facts = JSON.parse(atob(content.replaceAll('-', '+').replaceAll('_', '/'))) as unknown[]
    const [addresses, ports, fingerprint, secret] = facts
    const [api, etcdClient, etcdPeer, etcdMetrics] = ports as unknown[]
    return {
      addresses,
      ports: { api, etcdClient, etcdPeer, etcdMetrics },
      fingerprint,
      secret,
    }
  } catch {
    return undefined // told by the caller as what it is: not one of ours
  }
}

/** FNV-1a, 32 bits: it finds what was lost in copying, and protects nothing. */
function checkOf(content: string): string {
  let hash = 0x811c9dc5
  for (const letter of content) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
  }
  return hash.toString(16).padStart(8, '0')
}
