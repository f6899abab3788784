import {
  appendFile,
  chmod,
  copyFile,
  link,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCopyEngine } from '../../src/backups/copy/copy-engine.ts'
import type { Backup } from '../../src/contract/backup.ts'
import { nextSegment } from '../../src/core/wal/segment-name.ts'
import { chownTree } from '../../src/system/chown-tree.ts'
import { cloneTree } from '../../src/system/clone-tree.ts'
import { findAccount } from '../../src/system/account.ts'
import { type KeptServer, openKeptServer } from '../support/lab/kept-server.ts'
import { flipBit, takeAway } from '../support/lab/plant.ts'
import { until } from '../support/lab/until.ts'

/** WAL arrives late, twice, damaged, of another server, or while we die: none of it is lost, and all of it is told. */
let kept: KeptServer
let backup: Backup
beforeAll(async () => {
  kept = await openKeptServer()
  backup = await kept.backup()
})
afterAll(() => kept?.[Symbol.asyncDispose]())

const problems = async () =>
  (await kept.archive()).problems.map(({ kind, segment }) => `${kind} ${segment}`)
const incoming = (name: string): string => join(kept.incoming, name)
const isIn = async (name: string): Promise<boolean> =>
  (await readdir(kept.wal, { recursive: true })).some((path) => path.endsWith(`${name}.zst`))
/** As another life of a daemon would. */
const anotherLife = () => createCopyEngine(kept).archive(kept.lineage, kept.original.member)

test('an archived segment is packed, for the server’s account alone, and its place is free again', async () => {
  const name = await kept.write(1)
  expect(await readdir(kept.incoming)).toEqual([])
  const { mode, uid, size } = await stat(kept.packed(name))
  expect(mode & 0o777).toBe(0o600)
  expect(uid).toBe(kept.account?.uid ?? process.getuid?.())
  expect(size).toBeLessThan(2_000_000)
  expect((await stat(join(kept.wal, 'index.jsonl'))).uid).toBe(process.getuid?.())
  expect(await problems()).toEqual([])
})

test('a segment that arrives again is taken in once', async () => {
  await kept.insert(2)
  const name = await kept.finishSegment()
  await copyFile(incoming(name), join(kept.home, 'again'))
  const before = await kept.archive()
  await rename(join(kept.home, 'again'), incoming(name))
  const after = await kept.archive()
  expect(after).toMatchObject({ segments: before.segments, problems: [] })
  expect(await readdir(kept.incoming)).toEqual([])
})

test('another content of a segment is put aside and told, and the first stays', async () => {
  await kept.insert(3)
  const name = await kept.finishSegment()
  const other = join(kept.home, 'other')
  await copyFile(incoming(name), other)
  await kept.archive()
  const first = await readFile(kept.packed(name))
  await flipBit(other, 100_000)
  await rename(other, incoming(name))
  expect(await problems()).toEqual([`different ${name}`])
  expect((await readFile(kept.packed(name))).equals(first)).toBe(true)
  expect(await readdir(kept.incoming)).toEqual([])
  const aside = join(kept.lineage.directory, 'different')
  expect(await readdir(aside)).toEqual([expect.stringContaining(name)])
  expect((await anotherLife()).problems).toHaveLength(1)
  await rm(aside, { recursive: true })
  expect(await problems()).toEqual([])
})

test('a damaged segment is not taken in, and the server’s own file mends it', async () => {
  await kept.insert(4)
  const name = await kept.finishSegment()
  // In the checksum of the first record.
  await flipBit(incoming(name), 60)
  expect(await problems()).toEqual([`damaged ${name}`])
  expect(await isIn(name)).toBe(false)
  expect(await problems()).toEqual([])
  expect(await isIn(name)).toBe(true)
})

test('a file that stands elsewhere too is not read through its name here', async () => {
  const secret = join(kept.home, 'secret')
  await writeFile(secret, 'not theirs to read', { mode: 0o600 })
  await link(secret, incoming('00000009.history'))
  await kept.archive()
  expect(await readdir(kept.wal)).not.toContain('00000009.history')
  await rm(secret)
  await kept.archive()
  expect(await readdir(kept.incoming)).toEqual([])
  await rm(join(kept.wal, '00000009.history'))
})

test('what is no whole segment, or no WAL at all, is put aside', async () => {
  const next = nextSegment((await kept.archive()).ranges.at(-1)?.last ?? '', 16 * 1024 ** 2)
  const behind = nextSegment(next, 16 * 1024 ** 2)
  await writeFile(incoming(next), 'too short')
  await writeFile(incoming(behind), Buffer.alloc(16 * 1024 ** 2))
  await writeFile(incoming('somebody’s.txt'), 'not ours')
  expect(await problems()).toEqual([`damaged ${next}`, `damaged ${behind}`])
  expect(await readdir(kept.incoming)).toEqual(['somebody’s.txt'])
  await rm(join(kept.lineage.directory, 'damaged'), { recursive: true })
  await rm(incoming('somebody’s.txt'))
})

test('WAL of another server is put aside, and its place stays free for ours', async () => {
  await using other = await openKeptServer({ id: 'other1other' })
  await kept.insert(5)
  const name = await kept.finishSegment()
  await rename(incoming(name), join(kept.home, 'ours'))
  for (let at = ''; at !== name;) {
    await other.insert(0)
    at = await other.finishSegment()
  }
  await rename(join(other.incoming, name), incoming(name))
  expect(await problems()).toEqual([`different ${name}`])
  await rename(join(kept.home, 'ours'), incoming(name))
  await rm(join(kept.lineage.directory, 'different'), { recursive: true })
  expect(await problems()).toEqual([])
  expect(await isIn(name)).toBe(true)
})

test('a torn line of the index, and an index that is gone, are written again from the segments', async () => {
  const index = join(kept.wal, 'index.jsonl')
  const before = await kept.archive()
  const lines = (await readFile(index, 'utf8')).trim().split('\n')
  await writeFile(index, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)?.slice(0, 40)}`)
  expect((await anotherLife()).ranges).toEqual(before.ranges)
  await kept.write(6)
  const grown = await kept.archive()
  expect(grown.segments).toBe(before.segments + 1)
  await rm(index)
  expect((await anotherLife()).ranges).toEqual(grown.ranges)
  expect((await kept.archive()).ranges).toEqual(grown.ranges)
})

test('what a death between two steps leaves is finished', async () => {
  await kept.insert(7)
  const name = await kept.finishSegment()
  const copy = join(kept.home, 'copy')
  await copyFile(incoming(name), copy)
  const index = join(kept.wal, 'index.jsonl')
  const before = await readFile(index)
  await kept.archive()
  // Packed and in its place, not in the index, not removed from where it came; and half of another one.
  await writeFile(index, before)
  await rename(copy, incoming(name))
  const half = join(kept.wal, '00000001', `.${name}.zst.0123456789ab.tmp`)
  await writeFile(half, 'half')
  const old = new Date(Date.now() - 3_600_000)
  await utimes(half, old, old)
  const seen = await anotherLife()
  expect(seen.problems).toEqual([])
  expect(seen.ranges.at(-1)?.last).toBe(name)
  expect(await readdir(kept.incoming)).toEqual([])
  await expect(stat(half)).rejects.toThrow('ENOENT')
})

test('a segment that vanished after it was archived is taken from the server’s own WAL', async () => {
  await kept.insert(8)
  const name = await kept.finishSegment()
  await rm(incoming(name))
  await kept.write(9)
  expect(await problems()).toEqual([])
  expect(await isIn(name)).toBe(true)
})

test('one that is nowhere any more is lost, and named', async () => {
  await kept.insert(10)
  const name = await kept.finishSegment()
  await rm(incoming(name))
  const putBack = await takeAway(join(kept.original.data, 'pg_wal', name), kept.home)
  const lost = await kept.archive()
  expect(lost.problems).toMatchObject([{ kind: 'lost', segment: name }])
  expect((await kept.archive()).problems).toEqual(lost.problems)
  await kept.write(11)
  expect(await problems()).toEqual([`lost ${name}`])
  await putBack()
  expect(await problems()).toEqual([])
})

test('WAL that the server cannot archive waits, is counted, and is late after two minutes', async () => {
  const sql = (text: string) => kept.original.sql(text)
  await sql(`alter system set archive_library to ''`)
  await sql(`alter system set archive_command to 'false'`)
  await sql('select pg_reload_conf()')
  await kept.insert(12)
  const name = await kept.original.ask('select pg_walfile_name(pg_switch_wal())')
  const ready = join(kept.original.data, 'pg_wal/archive_status', `${name}.ready`)
  await until('the segment to wait', () =>
    stat(ready).then(
      () => true,
      () => false,
    ),
  )
  const waiting = await kept.archive()
  expect(waiting.backlog).toMatchObject({ segments: 1, bytes: 16 * 1024 ** 2, oldest: name })
  expect(waiting.problems).toEqual([])
  expect(Date.parse(waiting.completeUntil ?? '')).toBeLessThan(Date.parse(waiting.checkedAt))
  const longAgo = new Date(Date.now() - 121_000)
  await utimes(ready, longAgo, longAgo)
  expect(await problems()).toEqual([`late ${name}`])
  await sql('alter system reset archive_library')
  await sql('alter system reset archive_command')
  await sql('select pg_reload_conf()')
  await until('the backlog to be gone', async () => (await kept.archive()).backlog.segments === 0)
  expect(await problems()).toEqual([])
})

test('a place for arrivals that is gone is made again', async () => {
  await rm(kept.incoming, { recursive: true })
  await kept.archive()
  const { mode } = await stat(kept.incoming)
  expect(mode & 0o777).toBe(0o700)
  const name = await kept.write(99)
  expect(await isIn(name)).toBe(true)
  await kept.original.sql('delete from t where n = 99')
})

test('all is complete until now while nothing is committed, and until the last archived commit else', async () => {
  await kept.write(13)
  const idle = await until('all to be archived', async () => {
    const seen = await kept.archive()
    return seen.completeUntil === seen.checkedAt && seen
  })
  expect(idle.lastCommitAt && idle.lastCommitAt < (idle.completeUntil ?? '')).toBe(true)
  const before = await kept.original.ask('select clock_timestamp()')
  await kept.insert(14)
  const busy = await kept.archive()
  const until1 = Date.parse(busy.completeUntil ?? '')
  expect(until1).toBeGreaterThanOrEqual(Date.parse(before) - 1)
  expect(until1).toBeLessThan(Date.parse(busy.checkedAt))
  await kept.original.stop()
  const stopped = await kept.archive()
  expect(stopped.completeUntil).toBe(stopped.checkedAt)
  expect(stopped.backlog.segments).toBe(0)
  await kept.original.start()
})

test('after all of this, a restore has every row', async () => {
  await kept.write(15)
  expect(await kept.rowsAfterRestore(backup)).toBe('1,2,3,4,5,6,7,8,9,10,11,12,13,14,15')
})

test('ten thousand lines of an index are read once', async () => {
  const index = join(kept.wal, 'index.jsonl')
  const [line = ''] = (await readFile(index, 'utf8')).split('\n')
  await appendFile(index, `${line}\n`.repeat(10_000))
  const engine = createCopyEngine(kept)
  const ask = () => engine.archive(kept.lineage, kept.original.member)
  const first = await ask()
  const again = await ask()
  expect(again.ranges).toEqual(first.ranges)
  // Of the same stock: nothing was read or computed anew.
  expect(again.ranges.every((range, i) => range === first.ranges[i])).toBe(true)
})

test.runIf(process.getuid?.() === 0)(
  'a lineage that came from a machine with other accounts restores',
  async () => {
    const nobody = findAccount('nobody')
    const moved = join(kept.home, 'moved')
    await cloneTree(kept.lineage.directory, moved)
    if (nobody) await chownTree(moved, nobody)
    const [found] = await kept.backups.discover(moved)
    expect(found).toEqual({ ...kept.lineage, directory: moved })
    await chmod(moved, 0o700)
    await expect(kept.backups.restoreCommand(found ?? kept.lineage)).rejects.toMatchObject({
      code: 'HOME_UNUSABLE',
      details: { closed: moved },
    })
    await chmod(moved, 0o711)
    expect(await kept.rowsAfterRestore(backup, found)).toBe('1,2,3,4,5,6,7,8,9,10,11,12,13,14,15')
  },
)
