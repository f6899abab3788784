import type { MemberDocument } from '../../contract/documents/member.ts'
import { confFile } from '../config/conf-file.ts'
import { hbaConf } from '../config/hba.ts'
import type { MemberPlace } from './member-document.ts'

/** Servers that are tried and removed again count from here; an instance's own from 0. */
const FIRST_SCRATCH = 1000

/** Whether a server is one that is only tried: what happens to it is told by who tries it. */
export const isScratch = ({ index }: Pick<MemberDocument, 'index'>): boolean =>
  index >= FIRST_SCRATCH

/**
 * A server on a copy of someone's data, for us alone: reached by its socket, small, gone soon. Settings that recovery
 * checks against the original (max_connections and its kin) come from the original's own file.
 */
export function scratchMember(
  original: MemberDocument,
  place: MemberPlace,
  copyOf: string,
  index: number,
): MemberDocument {
  const conf = original.files['postgresql.conf'] ?? ''
  const own = {
    listen_addresses: '',
    unix_socket_directories: place.socketDirectory,
    ssl: 'off',
    shared_buffers: '16MB',
    archive_mode: 'off',
    max_wal_senders: '0',
    autovacuum: 'off',
    // It is gone before the next power cut; without this it would begin by syncing all of its data.
    fsync: 'off',
    // What the original runs beside its queries must not run twice: scheduled jobs, subscriptions to other servers.
    shared_preload_libraries: '',
    max_logical_replication_workers: '0',
  }
  return {
    ...original,
    index,
    wanted: 'running',
    directory: place.directory,
    socketDirectory: place.socketDirectory,
    endpoint: { host: '', port: original.endpoint.port },
    source: { kind: 'copy', directory: copyOf, durable: false },
    initialised: false,
    files: {
      ...original.files,
      'postgresql.conf': `${conf}\n${confFile(['A server on a copy, to try it.'], own)}`,
      'pg_hba.conf': hbaConf({ tls: 'optional', open: 'admin' }),
    },
    // The copy may hold an ALTER SYSTEM of the original's, which would beat the file.
    enforced: { ...original.enforced, ...own },
    configGeneration: 1,
    restartGeneration: 1,
  }
}
