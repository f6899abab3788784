import { expect, test } from 'vitest'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { instance, operation } from '../fixtures.suite.ts'
import { backup, closed, lineage } from './fixtures.suite.ts'

const kept = backup({ id: '20260102-020000-d4e5f6', name: 'before-migration' })
const history = { lineage: lineage({ backups: 2 }), backups: [backup(), kept] }
const output = { lineage: 'lineage001', id: kept.id, verified: [kept.id] }
const events: FakeStreams = {
  async *watchOperation() {
    yield operation({ output })
  },
}
const running = async () => operation({ state: 'running' })
const answers: FakeApi = {
  listInstances: async () => [instance()],
  getInstance: async () => instance(),
  listLineages: async () => [lineage()],
  getLineage: async () => closed(),
  listBackups: async () => [history],
  getBackup: async () => kept,
  createBackup: running,
}
const shop = (words: string[], change: FakeApi = {}) =>
  howdah(['-p', 'shop', ...words], { answers: { ...answers, ...change }, events })

test('backup create says what was made and how to come back to it', async () => {
  let asked: unknown
  const { stdout, stderr } = await shop(['backup', 'create', '--name', 'before-migration'], {
    createBackup: async (input) => {
      asked = input
      return running()
    },
  })
  expect(asked).toEqual({ project: 'shop', service: 'database', name: 'before-migration' })
  expect(stdout).toContain(`Backup ${kept.id} of shop/database: 32 MiB`)
  expect(stderr).toContain('howdah restore database --to before-migration --as NEW')
})

test('backup ls shows the window, the age of its newest moment, the last proof and the backups', async () => {
  const { stdout } = await shop(['backup', 'ls'])
  expect(stdout).toContain('shop/database  lineage lineage001')
  expect(stdout).toContain('any moment from 2026-01-01 ')
  expect(stdout).toContain('(40 s ago)')
  expect(stdout).toContain('no restore was proven yet')
  expect(stdout).toMatch(/20260101-020000-a1b2c3 +.* ago +full +16\.14 +32 MiB +32 MiB +whole/)
  expect(stdout).toContain('before-migration')
  expect(JSON.parse((await shop(['backup', 'ls', '--json'])).stdout)).toEqual([history])
})

test('backup ls tells gaps and problems aloud', async () => {
  const gap = { from: '2026-01-01T05:00:00.000Z', sentence: 'the WAL segment X is missing' }
  const problem = {
    kind: 'late' as const,
    sentence: 'no WAL came for 5 minutes',
    since: gap.from,
  }
  const spoilt = lineage({ window: { ...lineage().window, gaps: [gap] }, problems: [problem] })
  const { stderr } = await shop(['backup', 'ls'], {
    listBackups: async () => [{ lineage: spoilt, backups: [] }],
  })
  expect(stderr).toContain('warning: shop/database: no WAL came for 5 minutes')
  expect(stderr).toMatch(/not restorable from .* on: the WAL segment X is missing/)
})

test('histories of removed instances are left out of backup ls unless asked for, and it says so', async () => {
  const listBackups = async () => [{ lineage: closed(), backups: [backup()] }]
  const { stdout, stderr } = await shop(['backup', 'ls'], { listBackups })
  expect(stdout).toBe('')
  expect(stderr).toContain('1 of instances that are gone: howdah lineage ls')
  expect((await shop(['backup', 'ls', '--closed'], { listBackups })).stdout).toContain('gone since')
})

test('a backup is found by its name or its id', async () => {
  for (const key of ['before-migration', kept.id]) {
    const { stdout } = await shop(['backup', 'show', key])
    expect(stdout).toContain(`backup    ${kept.id}`)
    expect(stdout).toContain('timeline 1, 0/2000028 to 0/2000100')
  }
  const missing = await shop(['backup', 'show', 'nothing'])
  expect(missing.status).toBe(66)
})

test('a name that two lineages have must be said by its id', async () => {
  const other = lineage({ id: 'lineage002', writtenBy: 'copy' })
  const listBackups = async () => [history, { lineage: other, backups: [kept] }]
  const { status, stderr } = await shop(['backup', 'show', 'before-migration'], { listBackups })
  expect(status).toBe(64)
  expect(stderr).toContain(`${kept.id} of shop/copy`)
})

test('backup rm says what cannot be restored afterwards, and removes nothing unconfirmed', async () => {
  const words = ['backup', 'rm', 'before-migration']
  const asking = await shop(words)
  expect(asking.status).toBe(64)
  expect(asking.stderr).toContain('to the next backup cannot be restored any more')
  const only = await shop(words, {
    listBackups: async () => [{ lineage: lineage(), backups: [kept] }],
  })
  expect(only.stderr).toContain('nothing of shop/database can be restored without it')
  let removed: unknown
  const done = await shop([...words, '--yes'], {
    removeBackup: async (input) => {
      removed = input
      return running()
    },
  })
  expect(removed).toEqual({ lineage: 'lineage001', backup: kept.id })
  expect(done.stdout).toBe(`Deleted the backup before-migration (${kept.id}) of shop/database\n`)
})

test.each([
  [['backup', 'verify'], { lineage: 'lineage001' }],
  [['backup', 'verify', 'database'], { lineage: 'lineage001' }],
  [['backup', 'verify', 'before-migration'], { lineage: 'lineage001', backup: kept.id }],
])('%j asks for %j', async (words, asked) => {
  let seen: unknown
  const { stdout } = await shop(words, {
    verifyBackups: async (input) => {
      seen = input
      return running()
    },
  })
  expect(seen).toEqual(asked)
  expect(stdout).toContain('As they were written')
})

test('lineage ls lists open and closed ones', async () => {
  const all = [lineage(), closed({ id: 'lineage002' })]
  const { stdout } = await shop(['lineage', 'ls'], { listLineages: async () => all })
  expect(stdout).toMatch(/^LINEAGE +OF +STATE +VERSION +KEPT IN +BACKUPS +STORED/)
  expect(stdout).toMatch(
    /lineage001 +shop\/database +open +16\.14 +this home +1 +48 MiB +1 d, newest/,
  )
  expect(stdout).toMatch(/lineage002 +shop\/database +closed .* ago/)
})

test('lineage show takes an id, or the service that writes it now', async () => {
  const listLineages = async () => [closed({ id: 'lineage002' }), lineage()]
  const byName = await shop(['lineage', 'show', 'database'], { listLineages })
  expect(byName.stdout).toMatch(/^lineage +lineage001\n/)
  expect(byName.stdout).toMatch(/\nkept in +this home\n/)
  const there = { repository: 'vault', offsite: 'far' }
  const away = await shop(['lineage', 'show', 'database'], {
    listLineages: async () => [lineage({ keptIn: there })],
  })
  expect(away.stdout).toMatch(/\nkept in +vault, a second copy in far\n/)
  const byId = await shop(['lineage', 'show', 'lineage002'], { listLineages })
  expect(byId.stdout).toMatch(/^lineage +lineage002\n/)
  const none = await shop(['lineage', 'show', 'no-such'], { listLineages })
  expect(none.status).toBe(66)
  expect(none.stderr).toContain('there is no lineage “no-such”')
})

test('lineage rm wants the id typed, and tells what goes', async () => {
  const { status, stderr } = await shop(['lineage', 'rm', 'lineage001'])
  expect(status).toBe(64)
  expect(stderr).toContain('1 backup, 48 MiB')
  const removeLineage = running
  const done = await shop(['lineage', 'rm', 'lineage001', '--yes'], { removeLineage })
  expect(done.stdout).toBe('Deleted the lineage lineage001 of shop/database\n')
})

test('lineage import takes a path relative to where one is, and says how to bring each back', async () => {
  let seen: unknown
  const { stdout, stderr } = await howdah(['lineage', 'import', 'old'], {
    directory: '/mnt',
    answers: {
      ...answers,
      importLineages: async (input) => {
        seen = input
        return running()
      },
    },
    events: {
      async *watchOperation() {
        yield operation({ output: { lineages: ['lineage001'] } })
      },
    },
  })
  expect(seen).toEqual({ directory: '/mnt/old' })
  expect(stdout).toContain('lineage001  shop/database: any moment from')
  expect(stderr).toContain('howdah -p shop undelete database --lineage lineage001')
})
