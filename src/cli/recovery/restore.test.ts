import { expect, test } from 'vitest'
import type { RestoreWanted } from '../../contract/restore.ts'
import { AppError } from '../../errors/app-error.ts'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { instance, operation } from '../fixtures.suite.ts'
import { localZone } from '../output/moment.ts'
import { closed, lineage, restorePlan } from './fixtures.suite.ts'

const connection = {
  endpoint: { host: '127.4.0.1', port: 5432 },
  user: 'postgres',
  database: 'postgres',
  password: 'zebra',
  caFile: '/h/ca.crt',
}
const finished = (output: object) => operation({ kind: 'restore', title: 'restore', output })

/** Runs `howdah -p shop …` and notes what the daemon was asked for. */
async function shop(words: string[], change: FakeApi = {}, output: object = {}) {
  const asked: { plan?: RestoreWanted; restore?: RestoreWanted } = {}
  const events: FakeStreams = {
    async *watchOperation() {
      yield finished({ project: 'shop', service: 'rescued', ...output })
    },
  }
  const answers: FakeApi = {
    listInstances: async () => [instance()],
    getInstance: async () => instance(),
    getConnection: async () => connection,
    planRestore: async (wanted) => {
      asked.plan = wanted
      return restorePlan({ inPlace: wanted.inPlace })
    },
    restore: async (wanted) => {
      asked.restore = wanted
      return operation({ state: 'running' })
    },
    ...change,
  }
  const result = await howdah(['-p', 'shop', ...words], {
    answers,
    events,
  })
  return { ...result, asked }
}

const zone = localZone()
const time = '2026-01-02 03:00 UTC'

test('a restore as a new instance says what it does first, and then how to connect', async () => {
  const words = ['restore', 'database', '--to', time, '--as', 'rescued']
  const { status, stdout, stderr, asked } = await shop(words)
  expect(status).toBe(0)
  expect(asked.restore).toEqual({
    project: 'shop',
    service: 'database',
    target: { kind: 'time', at: '2026-01-02T03:00:00.000000Z' },
    as: 'rescued',
    inPlace: false,
    zone,
  })
  expect(stderr).toContain('from     backup 20260101-020000-a1b2c3, 32 MiB')
  expect(stderr).toContain('replays  up to 16 MiB of WAL')
  expect(stderr).toContain('into     shop/rescued, a new instance')
  expect(stdout).toContain('as shop/rescued, in 940 ms')
  expect(stdout).toContain('postgresql://postgres:****@')
  expect(stdout).not.toContain('zebra')
})

test('a dry run shows the plan and starts nothing', async () => {
  const { status, stdout, asked } = await shop(['restore', '--to', 'latest', '--dry-run'])
  expect(status).toBe(0)
  expect(asked.restore).toBeUndefined()
  expect(stdout).toContain('window   any moment from 2026-01-01')
  const json = await shop(['restore', '--to', 'latest', '--dry-run', '--json'])
  expect(JSON.parse(json.stdout)).toEqual(restorePlan())
})

test('off a terminal it must be said what the restored state becomes, and both ways are explained', async () => {
  const { status, stderr, asked } = await shop(['restore', 'database', '--to', time])
  expect(status).toBe(64)
  expect(stderr).toContain('--as NEW')
  expect(stderr).toContain('--in-place')
  expect(asked.restore).toBeUndefined()
})

test('in place wants --yes off a terminal, and says what happens to the present state', async () => {
  const words = ['restore', 'database', '--to', time, '--in-place']
  const asking = await shop(words)
  expect(asking.status).toBe(64)
  expect(asking.stderr).toContain('CONFIRMATION_REQUIRED')
  expect(asking.stderr).toContain('howdah swap database database-before-DATE-TIME')
  expect(asking.asked.restore).toBeUndefined()

  const keptAs = 'database-before-20260102-030500'
  const done = await shop([...words, '--yes'], {}, { service: 'database', keptAs })
  expect(done.status).toBe(0)
  expect(done.asked.restore).toMatchObject({ service: 'database', inPlace: true })
  expect(done.stdout).toContain(`The state before is kept, stopped, as ${keptAs}.`)
  expect(done.stderr).toContain(`howdah -p shop swap database ${keptAs}`)
})

test.each([
  [['restore', 'database'], 'say which moment is to come back'],
  [['restore', 'database', '--to', 'the day of days'], 'is no moment to restore to'],
  [['restore', 'database', '--to', time, '--as', 'x', '--in-place'], 'exclude each other'],
])('%j is USAGE with what to say instead', async (words, text) => {
  const { status, stderr } = await shop(words)
  expect(status).toBe(64)
  expect(stderr).toContain(text)
  expect(stderr).toContain('what now:')
})

test('a target outside the window is refused with the range that can be restored', async () => {
  const outside = new AppError('TARGET_OUTSIDE_WINDOW', 'it can be restored from A to B')
  const { status, stdout } = await shop(['restore', '--to', time, '--as', 'x', '--json'], {
    planRestore: async () => {
      throw outside
    },
  })
  expect(status).toBe(64)
  expect(JSON.parse(stdout)).toEqual({ error: outside.toJSON() })
})

test('from a named lineage no instance is needed', async () => {
  const words = ['restore', '--lineage', 'lineage009', '--to', 'latest', '--as', 'rescued']
  const { asked } = await shop(words, { listInstances: async () => [] })
  expect(asked.restore).toEqual({
    project: 'shop',
    lineage: 'lineage009',
    target: { kind: 'latest' },
    as: 'rescued',
    inPlace: false,
    zone,
  })
})

test('--detach starts and says how to follow', async () => {
  const { stdout, stderr } = await shop(['restore', '--to', time, '--as', 'rescued', '-d'])
  expect(stdout).toContain('has begun: op000001')
  expect(stderr).toContain('howdah ops tail op000001')
})

test('undelete brings back the only removed instance of that name, newest moment, same name', async () => {
  const { status, asked } = await shop(['undelete', 'database'], {
    listLineages: async () => [closed({ id: 'lineage007' })],
  })
  expect(status).toBe(0)
  expect(asked.restore).toEqual({
    project: 'shop',
    lineage: 'lineage007',
    target: { kind: 'latest' },
    as: 'database',
    inPlace: false,
    zone,
  })
})

test('what is undeleted under its own name is back, and not restored as itself', async () => {
  const { stdout } = await shop(
    ['undelete', 'database'],
    {
      listLineages: async () => [closed({ id: 'lineage007' })],
      planRestore: async () => restorePlan({ target: { kind: 'latest' } }),
    },
    { service: 'database' },
  )
  expect(stdout).toMatch(/^shop\/database is back, as of its newest moment.*, in 940 ms\n/)
})

test('undelete of a name that several instances had lists them, and takes the one that is named', async () => {
  const listLineages = async () => [
    closed({ id: 'older00001', closedAt: '2026-01-01T04:00:00.000Z' }),
    closed({ id: 'newer00001' }),
    closed({ id: 'empty00001', backups: 0 }),
  ]
  const { status, stderr } = await shop(['undelete', 'database'], { listLineages })
  expect(status).toBe(64)
  expect(stderr).toMatch(/newer00001.*\n.*older00001/)
  expect(stderr).not.toContain('empty00001')
  expect(stderr).toContain('undelete database --lineage newer00001')
  const named = ['undelete', 'database', '--lineage', 'older00001', '--as', 'rescued']
  const { asked } = await shop(named, { listLineages })
  expect(asked.restore).toMatchObject({ lineage: 'older00001', as: 'rescued' })
})

test('of several that were imported at once, the one with the newest data is proposed', async () => {
  const window = (latest: string) => ({ ...lineage().window, latest })
  const listLineages = async () => [
    closed({ id: 'stale00001', closedAt: '2026-02-01T00:00:02.000Z' }),
    closed({
      id: 'fresh00001',
      closedAt: '2026-02-01T00:00:01.000Z',
      window: window('2026-01-20T03:04:05.678Z'),
    }),
  ]
  const { stderr } = await shop(['undelete', 'database'], { listLineages })
  expect(stderr).toMatch(/fresh00001.*\n.*stale00001/)
  expect(stderr).toContain('undelete database --lineage fresh00001')
})

test('undelete of what is there, or of what is not kept, says where to look', async () => {
  const there = await shop(['undelete', 'database'], { listLineages: async () => [lineage()] })
  expect(there.status).toBe(66)
  expect(there.stderr).toContain('howdah -p shop restore database --to MOMENT')
  const gone = await shop(['undelete', 'database'], { listLineages: async () => [] })
  expect(gone.stderr).toContain('howdah snapshot ls --all')
})
