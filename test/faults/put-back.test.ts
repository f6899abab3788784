import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { ManagedSpec } from '../../src/contract/project.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { archived, archiveSegment, asAdmin, lineageOf } from '../support/lab/admin.ts'
import { backedUp, db, done } from '../support/lab/drilled.ts'
import { eventOf } from '../support/lab/event-of.ts'
import { firstColumn } from '../support/lab/first-column.ts'
import { postgresFor, program } from '../support/lab/pgbackrest.ts'
import { notes } from '../support/lab/notes.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { storedIn, under } from '../support/lab/stored.ts'
import { until } from '../support/lab/until.ts'

const shop = { project: 'shop', services: ['db'] }

async function note(lab: Lab, n: number): Promise<void> {
  await firstColumn(lab, 'db', 'create table if not exists notes (n integer)')
  await firstColumn(lab, 'db', `insert into notes values (${n})`)
}

/** Ends the WAL file that the server writes; gives its name when the server has archived it. */
async function switched(lab: Lab): Promise<string> {
  const [row] = await asAdmin<{ name: string }>(
    lab,
    db,
    'select pg_walfile_name(pg_switch_wal()) as name',
  )
  const last = 'select last_archived_wal as name from pg_stat_archiver'
  await until(`${row?.name} to be archived`, async () => {
    return (await asAdmin<{ name: string }>(lab, db, last))[0]?.name === row?.name
  })
  return row?.name ?? ''
}

/** An instance with a backup and one note; its data as they were then; and one note more, in this archived segment. */
async function withImage(lab: Lab, spec: Partial<ManagedSpec> = {}) {
  const { client } = await backedUp(lab, spec)
  await client.end()
  await note(lab, 1)
  await switched(lab)
  const { dataDirectory } = await lab.api.getInstance(db)
  const image = join(lab.root, 'image')
  await done(lab, lab.api.stopInstances(shop))
  execFileSync('cp', ['-a', dataDirectory, image])
  await done(lab, lab.api.startInstances(shop))
  await note(lab, 2)
  const segment = await switched(lab)
  await done(lab, lab.api.stopInstances(shop))
  return { old: lineageOf(lab, db), dataDirectory, image, segment }
}

function putBack(dataDirectory: string, image: string): void {
  execFileSync('rm', ['-r', dataDirectory])
  execFileSync('mv', [image, dataDirectory])
}

/** Until the instance writes another lineage than this one, and that has a base backup. */
const renewed = (lab: Lab, old: string) =>
  until('a new lineage with a base backup', async () => {
    const now = lineageOf(lab, db)
    const [history] = await lab.api.listBackups({ lineage: now.id })
    return now.id !== old && (history?.backups.length ?? 0) > 0 && now
  })

async function restored(lab: Lab, as: string, lineage?: string): Promise<unknown[]> {
  const asked = { ...db, target: { kind: 'latest' } as const, as, inPlace: false }
  await done(lab, lab.api.restore({ ...asked, ...(lineage ? { lineage } : {}) }))
  return notes(lab, as)
}

const idle = (lab: Lab) =>
  until('no operation', async () => (await lab.api.getDaemon({})).liveOperations === 0)

test('a server that goes on from older data gets a new history by itself, and both come back as they were', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { old, dataDirectory, image, segment } = await withImage(lab)
  const folder = join(old.directory, 'wal', '00000001')
  await until('all to be taken in', () => archived(folder).includes(segment))
  const packed = join(folder, `${segment}.zst`)
  const content = readFileSync(packed)
  const before = archived(folder)

  putBack(dataDirectory, image)
  await done(lab, lab.api.startInstances(shop))
  // Far enough for names that the first history never used, which nothing else would tell from its continuation.
  for (const n of [3, 4, 5, 6]) {
    await note(lab, n)
    await asAdmin(lab, db, 'select pg_switch_wal()')
  }
  const told = await eventOf(lab, 'archive-forked')
  expect(told).toMatchObject({ severity: 'error', subject: 'shop/db' })
  expect(told.message).toContain(segment)
  const begun = await renewed(lab, old.id)
  await idle(lab)

  expect(readFileSync(packed).equals(content)).toBe(true)
  expect(archived(dirname(packed))).toEqual(before)
  expect(readdirSync(join(old.directory, 'forked'))).toContainEqual(
    expect.stringContaining(segment),
  )
  expect(begun.parent).toMatchObject({ lineage: old.id, how: 'fork', timeline: 1 })
  const closed = await lab.api.getLineage({ lineage: old.id })
  expect(closed).toMatchObject({ state: 'closed', problems: [] })

  await note(lab, 7)
  expect(await restored(lab, 'newest')).toEqual([1, 3, 4, 5, 6, 7])
  expect(await restored(lab, 'oldest', old.id)).toEqual([1, 2])
  expect((await lab.api.getLineage({ lineage: begun.id })).problems).toEqual([])
  expect(await faultsOf(lab)).toEqual([])
})

const early = {
  'a restore': (lab: Lab) =>
    lab.api.restore({ ...db, target: { kind: 'latest' }, as: 'early', inPlace: false }),
  'a base backup': (lab: Lab) => lab.api.createBackup(db),
} as const

test.each(Object.entries(early))(
  'before anything of a forked server is archived, %s does not take one history for the other',
  async (_, begin) => {
    await using lab = await openLab()
    await lab.startDaemon()
    const { old, dataDirectory, image } = await withImage(lab)
    putBack(dataDirectory, image)
    await done(lab, lab.api.startInstances(shop))
    expect((await lab.finished(await begin(lab))).error?.code).toBe('LINEAGE_FORKED')
    await renewed(lab, old.id)
    await idle(lab)
    await note(lab, 3)
    expect(await restored(lab, 'newest')).toEqual([1, 3])
    expect(await restored(lab, 'oldest', old.id)).toEqual([1, 2])
    expect((await lab.api.listBackups({ lineage: old.id }))[0]?.backups).toHaveLength(1)
    expect(await faultsOf(lab)).toEqual([])
  },
)

test('a base backup of a stopped server with older data is refused, and the server gets its new history', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { old, dataDirectory, image } = await withImage(lab)
  putBack(dataDirectory, image)
  const { error } = await lab.finished(await lab.api.createBackup(db))
  expect(error?.code).toBe('LINEAGE_FORKED')
  const begun = await renewed(lab, old.id)
  await idle(lab)
  expect((await lab.api.listBackups({ lineage: old.id }))[0]?.backups).toHaveLength(1)
  expect(begun.parent).toMatchObject({ lineage: old.id, how: 'fork' })
  await done(lab, lab.api.startInstances(shop))
  await note(lab, 3)
  expect(await restored(lab, 'newest')).toEqual([1, 3])
  expect(await restored(lab, 'oldest', old.id)).toEqual([1, 2])
  expect(await faultsOf(lab)).toEqual([])
})

test('a daemon that dies again and again finishes it, and begins no second one', async () => {
  await using lab = await openLab()
  const first = await lab.startDaemon()
  const { old, dataDirectory, image } = await withImage(lab)
  putBack(dataDirectory, image)
  await done(lab, lab.api.startInstances(shop))
  await note(lab, 3)
  let deaths = 0
  let isDead = false
  const mortal = async () => {
    // At the second boundary, so that each life gets one step further.
    await writeFile(lab.orderFile, `2 ${deaths}`)
    isDead = false
    // One that dies before it answers never was one that runs.
    const life = await lab.startDaemon().catch(() => undefined)
    if (life) void life.ended.then(() => (isDead = true))
    else isDead = true
    return life
  }
  await first.kill('SIGKILL')
  let life = await mortal()
  await asAdmin(lab, db, 'select pg_switch_wal()')
  await until('the new lineage and its backup, over all deaths', async () => {
    if (isDead) {
      deaths++
      life = await mortal()
    }
    const { id } = lineageOf(lab, db)
    return id !== old.id && under(storedIn(lab), `backups/${id}`).length > 0
  })
  await rm(lab.orderFile)
  await life?.kill('SIGKILL')
  await lab.startDaemon()
  await idle(lab)
  expect(deaths).toBeGreaterThan(3)
  const lineages = under(storedIn(lab), 'lineages')
  expect(lineages.toSorted()).toEqual([old.id, lineageOf(lab, db).id].toSorted())
  expect(await restored(lab, 'newest')).toEqual([1, 3])
  expect(await restored(lab, 'oldest', old.id)).toEqual([1, 2])
  expect(await faultsOf(lab)).toEqual([])
})

describe.skipIf(!program)('kept by pgBackRest', () => {
  test.each([false, true])(
    'a server that goes on from older data gets a new history, and all that waited comes into that (asynchronous: %s)',
    async (asynchronous) => {
      await using lab = await openLab()
      await lab.startDaemon()
      const { major, minor } = await postgresFor(program!)
      const storage = { type: 'posix', path: join(lab.root, 'repository') } as const
      const asked = { name: 'near', project: 'shop', storage, asynchronous, replace: false }
      await lab.api.addRepository(asked)
      const backups = { ...defaultBackupPolicy, repository: 'near' }
      const { old, dataDirectory, image } = await withImage(lab, {
        version: { major, minor },
        backups,
      })
      putBack(dataDirectory, image)
      await done(lab, lab.api.startInstances(shop))
      for (const n of [3, 4, 5, 6]) {
        await note(lab, n)
        await asAdmin(lab, db, 'select pg_switch_wal()')
      }
      await eventOf(lab, 'archive-forked')
      const begun = await renewed(lab, old.id)
      await idle(lab)
      expect(begun).toMatchObject({
        engine: 'pgbackrest',
        parent: { lineage: old.id, how: 'fork', timeline: 1 },
      })
      expect(await lab.api.getLineage({ lineage: old.id })).toMatchObject({
        state: 'closed',
        problems: [],
      })
      expect(await restored(lab, 'newest')).toEqual([1, 3, 4, 5, 6])
      expect(await restored(lab, 'oldest', old.id)).toEqual([1, 2])
      expect((await lab.api.getLineage({ lineage: begun.id })).problems).toEqual([])
      expect(await faultsOf(lab)).toEqual([])
    },
  )
})

test('a crash and a restart are no fork', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage } = await backedUp(lab)
  await client.end()
  for (const n of [1, 2, 3]) {
    await note(lab, n)
    if (n === 2) await archiveSegment(lab, db)
    const { pid, dataDirectory } = await lab.api.getInstance(db)
    if (pid) process.kill(pid, 'SIGKILL')
    await until('another server', async () => {
      const now = await lab.api.getInstance(db)
      return now.dataDirectory === dataDirectory && now.state === 'ready' && now.pid !== pid
    })
  }
  expect(await restored(lab, 'newest')).toEqual([1, 2, 3])
  const { id, problems } = (await lab.api.listBackups(db))[0]!.lineage
  expect({ id, problems }).toEqual({ id: lineage.id, problems: [] })
})
