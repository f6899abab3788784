import { expect, onTestFinished, test } from 'vitest'
import type { Damage } from '../../backups/backup-engine.ts'
import { fakeBackupEngine, fakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Dependencies, NewEvent } from '../dependencies.ts'
import { inOneSentence, verifyBackup } from './verify-backup.ts'

const SEGMENT_BYTES = 16 * 1024 * 1024
const watch = { signal: new AbortController().signal, report: () => undefined }
const damage = (where: string): Damage => ({ where, kind: 'missing', sentence: `${where} is gone` })

/** A backup from 0/2000028 to 0/3000100, whose repository is found as `found` says. */
async function verified(found: readonly Damage[], before: Partial<BackupDocument> = {}) {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const backup = {
    format: 1,
    id: '20260102-020000-d4e5f6',
    lineage: 'lineage001',
    engine: 'copy',
    kind: 'full',
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:04:06.000Z',
    startLsn: '0/2000028',
    stopLsn: '0/3000100',
    timeline: 1,
    version: '16.14',
    sizeBytes: 1000,
    cold: false,
    ...before,
  } satisfies BackupDocument
  const lineage = {
    id: 'lineage001',
    project: 'shop',
    service: 'db',
    walSegmentBytes: SEGMENT_BYTES,
  } as LineageDocument
  await store.write([docs.backups.put([lineage.id, backup.id], backup)])
  const events: NewEvent[] = []
  const engine = { ...fakeBackupEngine(fakeRepositories()), verify: async () => [...found] }
  const d = {
    store,
    documents: { ...docs, lineages: { ...docs.lineages, get: async () => ({ value: lineage }) } },
    backups: { of: () => engine, choose: () => engine },
    event: async (event: NewEvent) => void events.push(event),
  } as unknown as Dependencies
  expect(await verifyBackup(d, lineage.id, backup.id, watch)).toEqual(found)
  return { noted: (await docs.backups.get(lineage.id, backup.id))?.value, events }
}

test('a damaged file of the backup is noted with it and told as an error, once', async () => {
  const { noted, events } = await verified([damage('base/5/16384')])
  expect(noted?.damage).toBe('base/5/16384 is gone')
  const told = { severity: 'error', subject: 'shop/db' }
  // It was the only one.
  expect(events).toMatchObject([
    { ...told, kind: 'backup-damaged' },
    { ...told, kind: 'nothing-restorable' },
  ])
  const again = await verified([damage('base/5/16384')], { damage: 'base/5/16384 is gone' })
  expect(again.events).toEqual([])
})

test('WAL that the copy needs to be consistent spoils it, and later WAL does not', async () => {
  const needed = ['000000010000000000000002', '000000010000000000000003']
  for (const segment of needed) {
    expect((await verified([damage(segment)])).noted?.damage).toBe(`${segment} is gone`)
  }
  const later = await verified([damage('000000010000000000000004')])
  expect(later.noted?.damage).toBe(undefined)
  expect(later.noted?.verifiedAt).toBeDefined()
})

test('a backup that was mended is good again', async () => {
  expect((await verified([], { damage: 'base/5/16384 is gone' })).noted?.damage).toBe(undefined)
})

test('of thousands of damaged files the first are named', () => {
  const all = Array.from({ length: 2000 }, (_, at) => damage(`f${at}`))
  expect(inOneSentence(all)).toBe(
    'f0 is gone; f1 is gone; f2 is gone; f3 is gone; f4 is gone; and 1995 more',
  )
})
