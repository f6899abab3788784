import { expect, test } from 'vitest'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Drill } from '../../contract/drill.ts'
import { AppError } from '../../errors/app-error.ts'
import { drillRecord, type Findings } from './findings.ts'

const lineage = { id: 'lineage001', project: 'shop', service: 'db' } as LineageDocument
const begun = {
  id: '20260102-030000-a1b2c3',
  startedAt: '2026-01-02T03:00:00.000Z',
  backup: { id: '20260102-020000-d4e5f6', sizeBytes: 1000 },
} as Parameters<typeof drillRecord>[1]
const stored = { kind: 'backup', outcome: 'passed', sentence: 'as it was written' } as const
const recordOf = (findings: Partial<Findings>, error?: AppError): Drill =>
  drillRecord(lineage, begun, { checks: [stored], walBytes: 0, ...findings }, error)

test('a drill without a failed check has passed, and tells its rates', () => {
  const restored = { copyMs: 500, replayMs: 2000 }
  expect(recordOf({ restored, walBytes: 4000 })).toMatchObject({
    outcome: 'passed',
    sizeBytes: 1000,
    restoreBytesPerSecond: 2000,
    walBytes: 4000,
    replayBytesPerSecond: 2000,
  })
  expect(recordOf({ restored })).not.toHaveProperty('replayBytesPerSecond')
})

test('every failed check is in the failure', () => {
  const marker = { kind: 'marker', outcome: 'failed', sentence: 'no marker is there' } as const
  const rows = { kind: 'rows', outcome: 'failed', sentence: 'orders lacks 3 rows' } as const
  const { outcome, failure } = recordOf({ checks: [stored, marker, rows] })
  expect([outcome, failure]).toEqual(['failed', 'no marker is there; orders lacks 3 rows'])
})

test('a server that did not recover is a failed start, with the last words of its log', () => {
  const log = [
    '2026-01-02 03:00:01 UTC [9] LOG:  starting archive recovery',
    '2026-01-02 03:00:02 UTC [9] FATAL:  recovery ended before configured recovery target was reached',
    '2026-01-02 03:00:02 UTC [8] LOG:  database system is shut down',
  ].join('\n')
  const error = new AppError('SERVER_START_FAILED', 'the server of shop/db did not start', {
    details: { log },
  })
  const sentence =
    'the restored server did not start: recovery ended before configured recovery target was reached'
  const drill = recordOf({}, error)
  expect(drill.checks).toEqual([stored, { kind: 'start', outcome: 'failed', sentence }])
  expect(drill.failure).toBe(sentence)
})

test('what broke a drill off later, or before it read anything, is its failure and no check', () => {
  const error = new AppError('ARCHIVE_LATE', 'the archive did not take the WAL file X in time')
  expect(recordOf({ checks: [] }, error)).toMatchObject({
    outcome: 'failed',
    checks: [],
    failure: error.message,
  })
  const restored = { copyMs: 1, replayMs: 1 }
  expect(recordOf({ restored }, error)).toMatchObject({ checks: [stored], failure: error.message })
})
