import { expect, test } from 'vitest'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { operation } from '../fixtures.suite.ts'

const snapshot = {
  name: 'shop-database-postgres-abc-final-snapshot',
  project: 'shop',
  service: 'database',
  kind: 'final' as const,
  version: '16.14',
  systemIdentifier: '7',
  user: 'postgres',
  database: 'postgres',
  sizeBytes: 33_554_432,
  createdAt: '2026-01-01T00:00:00.500Z',
  verifiedAt: '2026-01-01T00:00:00.600Z',
  directory: '/h/snapshots/x',
}
const old = { ...snapshot, name: 'older', createdAt: '2025-12-31T00:00:00Z' }

const answers: FakeApi = {
  previewDown: async ({ finalSnapshot }) => [
    {
      service: 'database',
      version: '16.14',
      dataBytes: 33_554_432,
      createdAt: '2026-01-01T00:00:00Z',
      ...(finalSnapshot === 'none' ? {} : { finalSnapshot: snapshot.name }),
    },
  ],
  downProject: async () => operation({ state: 'running', kind: 'down', title: 'down of shop' }),
  listSnapshots: async () => [old, snapshot],
  listConfig: async () => [{ name: 'POSTGRES_PASSWORD', updatedAt: '2026-01-01T00:00:00Z' }],
}
const events: FakeStreams = {
  async *watchOperation() {
    yield operation({ kind: 'down' })
  },
}

test('without --yes and without a terminal nothing is removed, and what would be is listed', async () => {
  const { status, stderr } = await howdah(['-p', 'shop', 'down'], { answers: { ...answers } })
  expect(status).toBe(64)
  expect(stderr).toContain('database  Postgres 16.14, 32 MiB')
  expect(stderr).toContain('--yes')
})

test('with -p and --yes it needs no compose file and says what was kept and how to restore it', async () => {
  const { status, stdout, stderr } = await howdah(['-p', 'shop', 'down', '--yes'], {
    answers,
    events,
  })
  expect(status).toBe(0)
  expect(stdout).toContain('Removed database in 940 ms')
  expect(stdout).toContain(`Kept the final snapshot ${snapshot.name} (32 MiB)`)
  expect(stdout).not.toContain('older')
  expect(stderr).toContain(`howdah -p shop snapshot restore ${snapshot.name} --as database`)
  expect(stderr).toContain('howdah -p shop config rm POSTGRES_PASSWORD')
})

test.each([
  [['--snapshot'], 'keep'],
  [['--no-snapshot'], 'none'],
  [[], 'auto'],
])('down --yes %j asks for the final snapshot “%s”', async (flags, wanted) => {
  let seen: unknown
  await howdah(['-p', 'shop', 'down', '--yes', ...flags], {
    answers: {
      ...answers,
      downProject: async ({ finalSnapshot }) => {
        seen = finalSnapshot
        return operation()
      },
    },
  })
  expect(seen).toBe(wanted)
})

test('a snapshot that will not be taken is said to lose the data', async () => {
  const { stderr } = await howdah(['-p', 'shop', 'down', '--no-snapshot'], { answers })
  expect(stderr).toContain('its data is gone for good')
})
