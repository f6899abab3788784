import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DataSource, MemberDocument } from '../../contract/documents/member.ts'
import { type Access, hbaConf, identConf } from '../config/hba.ts'
import { owned, postgresqlConf, type ServerConfig } from '../config/postgresql.ts'

export interface MemberPlace {
  readonly directory: string
  readonly socketDirectory: string
  readonly certificateFile: string
}

export interface MemberInput {
  readonly instance: InstanceDocument
  readonly binDirectory: string
  readonly place: MemberPlace
  /** Accounts of the host that may enter over the socket. */
  readonly accounts: readonly string[]
  readonly source: DataSource
}

/** The first document of an instance's member. Pure. */
export function memberDocument(input: MemberInput): MemberDocument {
  const { instance, place } = input
  return {
    format: 1,
    project: instance.project,
    service: instance.service,
    index: 0,
    instanceId: instance.id,
    wanted: 'running',
    engine: {
      id: instance.engine.id,
      major: instance.engine.major,
      binDirectory: input.binDirectory,
    },
    directory: place.directory,
    socketDirectory: place.socketDirectory,
    endpoint: instance.endpoint,
    source: input.source,
    initialised: false,
    files: memberFiles(instance, place, input.accounts, 'clients'),
    enforced: enforcedSettings(instance, place),
    configGeneration: 1,
    restartGeneration: 1,
    certificate: certificateNames(instance),
  }
}

/** The files of a member that follow from what its instance is asked to be. */
export function memberFiles(
  instance: InstanceDocument,
  place: MemberPlace,
  accounts: readonly string[],
  open: Access['open'],
): Record<string, string> {
  return {
    'postgresql.conf': postgresqlConf(serverConfig(instance, place)),
    'pg_hba.conf': hbaConf({ tls: instance.tls, open }),
    'pg_ident.conf': identConf(accounts, [instance.user]),
  }
}

/** The settings of a member that nobody may change, not even with ALTER SYSTEM. */
export const enforcedSettings = (instance: InstanceDocument, place: MemberPlace) =>
  owned(serverConfig(instance, place))

const serverConfig = (instance: InstanceDocument, place: MemberPlace): ServerConfig => ({
  project: instance.project,
  service: instance.service,
  major: instance.engine.major,
  endpoint: instance.endpoint,
  socketDirectory: place.socketDirectory,
  certificateFile: place.certificateFile,
  size: instance,
  settings: instance.settings,
  walSegmentSizeMib: instance.initdb.walSegmentSizeMib,
})

/** What clients may call the server: the service as containers see it, this machine's names, its address. */
function certificateNames(instance: InstanceDocument): MemberDocument['certificate'] {
  const { service, project, endpoint } = instance
  return {
    dnsNames: [service, `${service}.${project}`, 'localhost'],
    addresses: [...new Set([endpoint.host, '127.0.0.1'])],
  }
}
