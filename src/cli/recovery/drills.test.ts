import { expect, test } from 'vitest'
import type { Drill } from '../../contract/drill.ts'
import { AppError } from '../../errors/app-error.ts'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { instance, operation } from '../fixtures.suite.ts'
import { lineage } from './fixtures.suite.ts'

const MIB = 1024 * 1024
const passed: Drill = {
  id: '20260102-030000-a1b2c3',
  lineage: 'lineage001',
  project: 'shop',
  service: 'database',
  backup: '20260102-020000-d4e5f6',
  outcome: 'passed',
  startedAt: '2026-01-02T03:00:00.000Z',
  finishedAt: '2026-01-02T03:00:12.000Z',
  sizeBytes: 32 * MIB,
  restoreBytesPerSecond: 64 * MIB,
  walBytes: 16 * MIB,
  replayBytesPerSecond: 8 * MIB,
  restoredTo: '2026-01-02T02:59:59.000Z',
  checks: [
    { kind: 'start', outcome: 'passed', sentence: 'it takes connections' },
    { kind: 'rows', outcome: 'skipped', sentence: 'there is no table yet' },
  ],
}
const failed: Drill = {
  ...passed,
  id: '20260101-030000-b1c2d3',
  outcome: 'failed',
  checks: [{ kind: 'backup', outcome: 'failed', sentence: 'block 3 of base/5/16384 is bad' }],
  failure: 'block 3 of base/5/16384 is bad',
}
const events: FakeStreams = {
  async *watchOperation() {
    yield operation({ output: { lineage: 'lineage001', drill: passed.id } })
  },
}
const answers: FakeApi = {
  listInstances: async () => [instance()],
  getInstance: async () => instance(),
  listLineages: async () => [lineage()],
  listDrills: async () => [passed, failed],
  getDrill: async ({ drill }) => (drill === failed.id ? failed : passed),
  runDrill: async () => operation({ state: 'running' }),
}
const shop = (words: string[], change: FakeApi = {}, streams = events) =>
  howdah(['-p', 'shop', ...words], { answers: { ...answers, ...change }, events: streams })

test('drill run restores the newest backup of the instance’s own lineage and shows what it saw', async () => {
  const asked: unknown[] = []
  const runDrill: FakeApi['runDrill'] = async (input) => {
    asked.push(input)
    return operation({ state: 'running' })
  }
  const { stdout, status } = await shop(['drill', 'run'], { runDrill })
  expect(status).toBe(0)
  expect(stdout).toContain(`drill          ${passed.id}`)
  expect(stdout).toContain('data           32 MiB, 64 MiB/s')
  expect(stdout).toContain('WAL            16 MiB, 8.0 MiB/s')
  expect(stdout).toContain('start          passed: it takes connections')
  expect(stdout).toContain('rows           skipped: there is no table yet')
  await shop(['drill', 'run', '--lineage', 'lineage009', '--backup', 'before'], { runDrill })
  expect(asked).toEqual([{ lineage: 'lineage001' }, { lineage: 'lineage009', backup: 'before' }])
})

test('while a drill of its own time runs, a wanted one waits for it instead of being refused', async () => {
  let calls = 0
  const runDrill: FakeApi['runDrill'] = async () => {
    calls += 1
    if (calls > 1) return operation({ state: 'running' })
    throw new AppError('OPERATION_CONFLICT', 'busy', { details: { operation: 'other0001' } })
  }
  const getOperation = async () => operation({ id: 'other0001', title: 'restore drill' })
  const { status, stderr } = await shop(['drill', 'run'], { runDrill, getOperation })
  expect(status).toBe(0)
  expect(calls).toBe(2)
  expect(stderr).toContain('Waiting for restore drill (other0001)')
})

test('a drill that fails ends the command with what it found', async () => {
  const error = new AppError('DRILL_FAILED', 'the restore drill of shop/database failed: block 3')
  const { status, stderr } = await shop(
    ['drill', 'run'],
    {},
    {
      async *watchOperation() {
        yield operation({ state: 'failed', error: error.toJSON() })
      },
    },
  )
  expect(status).toBe(65)
  expect(stderr).toContain('the restore drill of shop/database failed: block 3')
})

test('drill ls shows each with its outcome, sizes and rates', async () => {
  const { stdout } = await shop(['drill', 'ls'])
  expect(stdout).toMatch(
    /20260102-030000-a1b2c3 +shop\/database +passed .* 12 s +32 MiB, 64 MiB\/s/,
  )
  expect(stdout).toMatch(/20260101-030000-b1c2d3 +shop\/database +failed /)
  expect(JSON.parse((await shop(['drill', 'ls', '--json'])).stdout)).toEqual([passed, failed])
  const none = await shop(['drill', 'ls'], { listDrills: async () => [] })
  expect(none.stderr).toContain('No restore drills of shop yet')
})

test('drill show shows the newest of the project, or the named one, and every check', async () => {
  expect((await shop(['drill', 'show'])).stdout).toContain(passed.id)
  const { stdout } = await shop(['drill', 'show', failed.id])
  expect(stdout).toContain('outcome        failed')
  expect(stdout).toContain('backup         failed: block 3 of base/5/16384 is bad')
  expect(stdout).not.toContain('failure')
  expect((await shop(['drill', 'show', 'database'])).stdout).toContain(passed.id)
  const stranger = await shop(['drill', 'show', 'no-such'])
  expect(stranger.status).toBe(66)
  expect(stranger.stderr).toContain('there was no restore drill of shop/no-such yet')
  const none = await shop(['drill', 'show'], { listDrills: async () => [] })
  expect(none.status).toBe(66)
  expect(none.stderr).toContain('howdah drill run')
})
