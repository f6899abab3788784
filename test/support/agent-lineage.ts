import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { LineageDocument } from '../../src/contract/documents/lineage.ts'

/** A lineage of the copy engine, for tests that do not look into it. */
export const lineageDocument: LineageDocument = {
  format: 1,
  id: 'lineage1',
  project: 'shop',
  service: 'db',
  engine: 'copy',
  instanceId: 'i1',
  major: 16,
  systemIdentifier: '7000',
  walSegmentBytes: 16 * 1024 * 1024,
  directory: '/home/howdah/lineages/lineage1',
  createdAt: '2026-01-02T03:04:05.000Z',
  createdBy: 'operation',
  recipe: {
    version: '16.14',
    user: 'app',
    database: 'app',
    superuser: 'howdah_admin',
    settings: {},
    memoryBytes: 1024,
    cpus: 1,
    tls: 'optional',
    portWanted: 5432,
    initdb: {},
    policy: defaultBackupPolicy,
    sealedPassword: '',
  },
}
