import type { Archive, Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { BackupEngine, BackupEngines } from '../backup-engine.ts'

/** Repositories in memory: what a test looks at. */
export interface FakeRepositories {
  /** Lineages that have a place, by id, with their backups, oldest first. */
  readonly lineages: Map<string, Backup[]>
  readonly described: Map<string, LineageDocument>
}

export const fakeRepositories = (): FakeRepositories => ({
  lineages: new Map(),
  described: new Map(),
})

/** Engines without files, for tests of what uses them. As strict as the real ones. */
export function fakeBackupEngines(repositories: FakeRepositories): BackupEngines {
  const engine = fakeBackupEngine(repositories)
  return { of: () => engine, choose: () => engine }
}

export function fakeBackupEngine({ lineages, described }: FakeRepositories): BackupEngine {
  const of = (lineage: LineageDocument): Backup[] => {
    const found = lineages.get(lineage.id)
    if (found) return found
    throw new AppError('REPOSITORY_UNREACHABLE', `the lineage ${lineage.id} has no place`)
  }
  return {
    kind: 'copy',
    prepare: async ({ id }) => void lineages.set(id, lineages.get(id) ?? []),
    archiving: ({ id }) => ({ archive_command: `fake ${id}` }),
    describe: async (lineage) => {
      of(lineage)
      described.set(lineage.id, lineage)
    },
    discover: async () => [...described.values()],
    backup: async (lineage, { id, kind, version, cold, name }) => {
      const backup: Backup = {
        id,
        lineage: lineage.id,
        engine: 'copy',
        kind,
        startedAt: '2026-01-02T03:04:05.000Z',
        finishedAt: '2026-01-02T03:04:06.000Z',
        startLsn: '0/2000028',
        stopLsn: '0/2000100',
        timeline: 1,
        version,
        sizeBytes: 1000,
        cold,
        ...(name ? { name } : {}),
      }
      const kept = of(lineage).filter((b) => b.id !== id)
      lineages.set(lineage.id, [...kept, backup])
      return backup
    },
    backups: async (lineage) => of(lineage),
    archive: async (lineage) => archive(lineage.id),
    archiveRest: async (lineage) => ({ archive: archive(lineage.id) }),
    find: async () => ({ present: true }),
    verify: async (lineage, { id }) =>
      of(lineage).some((b) => b.id === id)
        ? []
        : [{ where: id, kind: 'missing', sentence: `the backup ${id} is not there` }],
    compare: async () => [],
    remove: async (lineage, { id }) => {
      const kept = (lineages.get(lineage.id) ?? []).filter((b) => b.id !== id)
      if (lineages.has(lineage.id)) lineages.set(lineage.id, kept)
    },
    pruneWal: async () => ({ segments: 0, bytes: 0 }),
    removeLineage: async ({ id }) => {
      lineages.delete(id)
      described.delete(id)
    },
    source: (lineage, { id }, { durable }) => ({
      kind: 'copy',
      directory: `${lineage.directory}/bases/${id}/data`,
      durable,
      recover: true,
    }),
    restoreCommand: ({ id }) => `fake fetch ${id} %f %p`,
  }
}

const archive = (lineage: string): Archive => ({
  lineage,
  ranges: [{ timeline: 1, first: '000000010000000000000001', last: '000000010000000000000002' }],
  segments: 2,
  storedBytes: 2000,
  lastCommitAt: '2026-01-02T03:05:00.000Z',
  completeUntil: '2026-01-02T03:05:00.000Z',
  endLsn: '0/3000000',
  backlog: { segments: 0, bytes: 0 },
  problems: [],
  checkedAt: '2026-01-02T03:05:00.000Z',
})
