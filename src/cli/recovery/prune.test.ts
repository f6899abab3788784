import { expect, test } from 'vitest'
import type { PrunePlan } from '../../contract/prune.ts'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { operation } from '../fixtures.suite.ts'
import { backup, closed, lineage } from './fixtures.suite.ts'

const MIB = 1024 * 1024
const plan = (change: Partial<PrunePlan> = {}): PrunePlan => ({
  lineage: 'lineage001',
  of: { project: 'shop', service: 'database' },
  outcome: 'prune',
  sentence: 'keeps 2 base backups, which reach back to 2026-01-02T03:04Z',
  backups: [{ backup: backup(), storedBytes: 32 * MIB, why: 'no moment of the last 7d needs it' }],
  wal: { segments: 3, bytes: 8 * MIB },
  ...change,
})
const held = plan({
  lineage: 'lineage002',
  outcome: 'held',
  sentence: 'nothing is removed: no restore from it was seen to work yet; keeps 5 base backups',
  backups: [],
  wal: { segments: 0, bytes: 0 },
})

/** Runs `howdah -p shop prune …` over two histories and notes what was cleaned up. */
async function shop(words: string[], change: FakeApi = {}) {
  const cleaned: { lineage: string; force: boolean }[] = []
  const events: FakeStreams = {
    async *watchOperation() {
      yield operation({ kind: 'prune', output: {} })
    },
  }
  const answers: FakeApi = {
    listLineages: async () => [lineage(), closed({ id: 'lineage002' })],
    planPrune: async ({ lineage: id, force }) =>
      id === 'lineage001' ? plan() : force ? plan({ lineage: id }) : held,
    pruneLineage: async (asked) => {
      cleaned.push(asked)
      return operation({ state: 'running' })
    },
    ...change,
  }
  return { ...(await howdah(['-p', 'shop', 'prune', ...words], { answers, events })), cleaned }
}

test('a dry run says what would go, why and how much it takes, and removes nothing', async () => {
  const { status, stdout, cleaned } = await shop(['--dry-run'])
  expect([status, cleaned]).toEqual([0, []])
  expect(stdout).toContain('shop/database  lineage lineage001: removes about 40 MiB; keeps 2 base')
  expect(stdout).toMatch(/20260101-020000-a1b2c3 +32 MiB, taken .*: no moment of the last 7d/)
  expect(stdout).toContain('3 WAL files  about 8.0 MiB: no backup that stays needs them')
  expect(stdout).toContain('lineage lineage002: nothing is removed: no restore from it was seen')
  const { stdout: json } = await shop(['--dry-run', '--json'])
  expect(JSON.parse(json)).toEqual([plan(), held])
})

test('what the policy keeps no longer is removed without a question, and what is held is said', async () => {
  const { status, stdout, cleaned } = await shop([])
  expect(status).toBe(0)
  expect(cleaned).toEqual([{ lineage: 'lineage001', force: false }])
  expect(stdout).toContain('removed about 40 MiB')
  expect(stdout).toContain('nothing is removed: no restore')
})

test('--force removes without a proof, and is confirmed first', async () => {
  const refused = await shop(['--force'])
  expect(refused.status).not.toBe(0)
  expect(refused.cleaned).toEqual([])
  expect(refused.stderr).toContain('--yes')
  const { cleaned } = await shop(['--force', '--yes'])
  expect(cleaned).toEqual([
    { lineage: 'lineage001', force: true },
    { lineage: 'lineage002', force: true },
  ])
})
