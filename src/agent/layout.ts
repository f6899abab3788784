import { join } from 'node:path'
import { WAL_AHEAD } from '../core/config/archiving.ts'
import type { MemberDocument } from '../contract/documents/member.ts'

/** Where a member keeps what: all below its own folder, so that removing the folder removes the member. */
export const layout = (doc: Pick<MemberDocument, 'directory'>) => ({
  data: join(doc.directory, 'data'),
  /** Data that is being made; becomes `data` by one rename when whole. */
  dataInTheMaking: join(doc.directory, 'data.new'),
  /** Unpacked WAL for its recovery, while that goes on. */
  walAhead: join(doc.directory, WAL_AHEAD),
  tls: join(doc.directory, 'tls'),
  /** The certificate and its key, in this order. */
  certificate: join(doc.directory, 'tls', 'server.pem'),
  logFile: join(doc.directory, 'log', 'postgresql.log'),
  /** Names of WAL files that are being given up, one in a line; only while they are. */
  givenUp: join(doc.directory, 'given-up.names'),
  serverNote: join(doc.directory, 'server.json'),
})

export const subjectOf = (doc: Pick<MemberDocument, 'project' | 'service'>): string =>
  `${doc.project}/${doc.service}`

/** The store id of a member's documents. */
export const memberId = (
  doc: Pick<MemberDocument, 'project' | 'service' | 'index'>,
): [string, string, string] => [doc.project, doc.service, String(doc.index)]
