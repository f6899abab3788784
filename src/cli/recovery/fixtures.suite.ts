import type { Backup } from '../../contract/backup.ts'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import type { RestorePlan } from '../../contract/restore.ts'

export const backup = (change: Partial<Backup> = {}): Backup => ({
  id: '20260101-020000-a1b2c3',
  lineage: 'lineage001',
  engine: 'copy',
  kind: 'full',
  startedAt: '2026-01-01T02:00:00.000Z',
  finishedAt: '2026-01-01T02:00:05.000Z',
  startLsn: '0/2000028',
  stopLsn: '0/2000100',
  timeline: 1,
  version: '16.14',
  sizeBytes: 33_554_432,
  storedBytes: 33_554_432,
  cold: false,
  ...change,
})

export const lineage = (change: Partial<LineageStatus> = {}): LineageStatus => ({
  id: 'lineage001',
  project: 'shop',
  service: 'database',
  instanceId: 'i1',
  engine: 'copy',
  major: 16,
  systemIdentifier: '7000',
  walSegmentBytes: 16_777_216,
  directory: '/h/lineages/lineage001',
  createdAt: '2026-01-01T00:00:00.000Z',
  keptIn: {},
  state: 'open',
  writtenBy: 'database',
  version: '16.14',
  backups: 1,
  storedBytes: 50_331_648,
  window: {
    earliest: '2026-01-01T02:00:05.000Z',
    latest: '2026-01-02T03:04:05.678Z',
    gaps: [],
    rpoMs: 40_000,
  },
  problems: [],
  ...change,
})

export const closed = (change: Partial<LineageStatus> = {}): LineageStatus => {
  const { writtenBy: _, ...gone } = lineage({
    state: 'closed',
    closedAt: '2026-01-02T03:05:00.000Z',
    ...change,
  })
  return gone
}

export const restorePlan = (change: Partial<RestorePlan> = {}): RestorePlan => ({
  lineage: 'lineage001',
  of: { project: 'shop', service: 'database' },
  into: { project: 'shop', service: 'rescued' },
  inPlace: false,
  target: { kind: 'time', at: '2026-01-02T03:00:00.000000Z' },
  restoresTo: '2026-01-02T02:59:59.100000Z',
  backup: backup(),
  walBytes: 16_777_216,
  window: lineage().window,
  version: '16.14',
  ...change,
})
