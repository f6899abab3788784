import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument, ProjectDocument } from '../../contract/documents/instance.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { SnapshotDocument } from '../../contract/documents/snapshot.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import type { Recipe } from '../../contract/lineage.ts'
import type { EngineChoice } from './engine-choice.ts'
import { memberDocument, type MemberPlace } from './member-document.ts'

const MIB = 1024 * 1024
const createdAt = '2026-01-02T03:04:05.000Z'

export const desired: DesiredInstance = {
  service: 'db',
  user: 'app',
  database: 'app',
  passwordFingerprint: 'print-1',
  sealedPassword: 'sealed-1',
  portWanted: 5432,
  initdb: {},
  initFiles: [],
  settings: {},
  memoryBytes: 512 * MIB,
  cpus: 1,
  tls: 'optional',
}

/** The instance that `desired` became. */
export const instance: InstanceDocument = {
  format: 1,
  project: 'shop',
  service: 'db',
  id: 'i1',
  createdAt,
  createdBy: 'operation',
  phase: 'live',
  wanted: 'running',
  engine: { id: 'npm-16.14', major: 16, minor: 14 },
  endpoint: { host: '127.1.2.3', port: 5432 },
  portWanted: 5432,
  user: 'app',
  database: 'app',
  initdb: {},
  settings: {},
  memoryBytes: 512 * MIB,
  cpus: 1,
  tls: 'optional',
  passwordFingerprint: 'print-1',
}

export const choice: EngineChoice = {
  engineId: 'npm-16.14',
  major: 16,
  minor: 14,
  installed: true,
  missingExtensions: [],
}

export const projectDocument: ProjectDocument = {
  format: 1,
  name: 'shop',
  mode: 'affordable',
  directory: '/home/ann/shop',
  createdAt,
}

export const snapshotDocument: SnapshotDocument = {
  format: 1,
  name: 's1',
  project: 'shop',
  service: 'db',
  kind: 'manual',
  version: '16.14',
  systemIdentifier: '7000',
  user: 'app',
  database: 'app',
  sizeBytes: 1000,
  createdAt,
  verifiedAt: createdAt,
  directory: '/home/howdah/snapshots/s1',
  settings: {},
  memoryBytes: 512 * MIB,
  superuser: 'howdah_admin',
  sealedPassword: 'sealed-s1',
}

export const place: MemberPlace = {
  directory: '/home/howdah/instances/shop/db/i1-0',
  socketDirectory: '/run/howdah/i1-0',
  certificateFile: '/home/howdah/instances/shop/db/i1-0/tls/server.pem',
}

/** The first document of the instance's server, changed as said. */
export const member = (changes: Partial<MemberDocument> = {}): MemberDocument => ({
  ...memberDocument({
    archiving: {},
    instance,
    binDirectory: '/engines/npm-16.14/bin',
    place,
    accounts: ['howdah'],
    source: { kind: 'initdb', superuser: 'howdah_admin', options: {} },
  }),
  ...changes,
})

/** The settings of a Postgres configuration file, read as Postgres reads it: the last line of a name counts. */
export function settingsOf(conf: string): Record<string, string> {
  const line = /^([a-z_.]+) = '((?:[^'\\\n]|\\.|'')*)'$/
  const settings: Record<string, string> = {}
  for (const text of conf.split('\n')) {
    if (text === '' || text.startsWith('#')) continue
    const [, name, quoted] = line.exec(text) ?? []
    if (name === undefined || quoted === undefined) throw new Error(`not a setting: ${text}`)
    settings[name] = unquote(quoted)
  }
  return settings
}

/** As guc-file.l's DeescapeQuotedString does. */
const unquote = (quoted: string): string =>
  quoted.replace(/''|\\([\s\S])/g, (_, escaped?: string) =>
    escaped === undefined ? "'" : ({ n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped),
  )

/** What of `instance` a restore brings back. */
export const recipe: Recipe = {
  version: '16.14',
  user: 'app',
  database: 'app',
  superuser: 'howdah_admin',
  settings: {},
  memoryBytes: 512 * MIB,
  cpus: 1,
  tls: 'optional',
  portWanted: 5432,
  initdb: {},
  policy: defaultBackupPolicy,
  sealedPassword: '',
}

/** The backup history of `instance`, changed as said; its folder follows its id. */
export const lineageDocument = (changes: Partial<LineageDocument> = {}): LineageDocument => ({
  format: 1,
  id: 'lineage1',
  project: 'shop',
  service: 'db',
  instanceId: 'i1',
  engine: 'copy',
  major: 16,
  systemIdentifier: '7000',
  walSegmentBytes: 16 * MIB,
  directory: `/lineages/${changes.id ?? 'lineage1'}`,
  createdAt,
  createdBy: 'operation',
  recipe,
  ...changes,
})
