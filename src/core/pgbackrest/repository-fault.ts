import type { Repository, RepositoryStorage } from '../../contract/repository.ts'
import { type RepositoryFault } from './failure.ts'

/** Where a repository's store listens; undefined for a folder of this machine. */
export function destinationOf(storage: RepositoryStorage) {
  switch (storage.type) {
    case 'posix':
      return undefined
    case 's3':
      return web(storage, storage.endpoint, storage.bucket, storage.uriStyle)
    case 'azure': {
      const { endpoint = 'blob.core.windows.net', account, uriStyle } = storage
      return web(storage, endpoint, account, uriStyle)
    }
    case 'gcs':
      return web(storage, storage.endpoint ?? 'storage.googleapis.com', '', 'path')
    case 'sftp':
      return { host: storage.host, port: storage.port ?? 22, tls: false as const }
  }
}

function web(
  { port = 443, caFile }: { port?: number | undefined; caFile?: string | undefined },
  endpoint: string,
  prefix: string,
  uriStyle: 'host' | 'path',
) {
  const host = uriStyle === 'host' ? `${prefix}.${endpoint}` : endpoint
  return { host, port, tls: { caFile } }
}

/** What is known of why a repository cannot be used. */
export interface FaultSeen {
  readonly fault: RepositoryFault
  /** A code of the system or of OpenSSL, where one is known. */
  readonly code?: string | undefined
  /** pgBackRest's first words. */
  readonly words: string
}

/** What is wrong with a repository and what mends it, in one sentence. */
export function faultSentence(
  { name, project, storage, passphrase }: Repository,
  { fault, code, words }: FaultSeen,
): string {
  const destination = destinationOf(storage)
  const at = destination ? `${destination.host}:${destination.port}` : placeOf(storage)
  const because = code === undefined ? '' : ` (${code})`
  const what = `“${name}”`
  switch (fault) {
    case 'name':
      return `${what}: the name ${destination?.host} has no address${because}; is it right, and does the DNS of this machine work?`
    case 'connection':
      return `${what}: nobody takes the connection at ${at}${because}`
    case 'timeout':
      return `${what}: ${at} takes the connection and does not answer${because}`
    case 'tls':
      return `${what}: the certificate of ${at} is not accepted${because}: ${tlsReason(code, storage)}`
    case 'credentials':
      return `${what}: ${at} refuses the keys; set them anew with \`howdah config set -p ${project} ${keysOf(storage)}\``
    case 'missing':
      return `${what}: ${at} has no ${containerOf(storage)}`
    case 'server':
      return `${what}: ${at} has a fault of its own: ${words}`
    case 'passphrase':
      return `${what}: what is in it cannot be read with ${passphrase ? `the passphrase in the config ${passphrase}` : 'no passphrase: it was written with one'}`
    case 'space':
      return `${what}: there is no room left at ${at}`
    case 'other':
      return `${what}: pgBackRest cannot write, read and remove a file at ${at}: ${words}`
  }
}

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; is this machine’s clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody here trusts the authority that signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody here trusts the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody here trusts the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'nobody here trusts the authority that signed it',
  ENOENT: 'the file of authorities is not there',
}

function tlsReason(code: string | undefined, storage: RepositoryStorage): string {
  const reason = reasons[code ?? ''] ?? 'it is not one that can be trusted'
  const caFile = 'caFile' in storage ? storage.caFile : undefined
  return caFile === undefined
    ? `${reason}; --ca-file names another authority`
    : `${reason}; trusted is ${caFile}`
}

function keysOf(storage: RepositoryStorage): string {
  const names = [
    'key' in storage ? storage.key : undefined,
    'secret' in storage ? storage.secret : undefined,
  ]
  return names.filter((n) => n !== undefined).join(' and ') || 'NAME'
}

function containerOf(storage: RepositoryStorage): string {
  if (storage.type === 'azure') return `container “${storage.container}”`
  if (storage.type === 's3' || storage.type === 'gcs') return `bucket “${storage.bucket}”`
  return placeOf(storage)
}

const placeOf = ({ path }: RepositoryStorage): string => path
