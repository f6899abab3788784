import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCopyEngine } from '../../src/backups/copy/copy-engine.ts'
import { describeEngine } from '../../src/engines/describe-engine.ts'
import { serverAccount } from '../../src/system/account.ts'
import { openKeptServer } from '../support/lab/kept-server.ts'
import { until } from '../support/lab/until.ts'

const watch = () => ({ signal: new AbortController().signal, report: () => {} })

test('a restored server begins a lineage of its own, which no WAL of the old one is in', async () => {
  await using kept = await openKeptServer()
  const parent = await kept.backup()
  await kept.write(1)
  await kept.write(2)
  const child = kept.otherLineage('copy', 'child1child', {
    systemIdentifier: kept.lineage.systemIdentifier,
  })
  await kept.backups.prepare(child, kept.original.member)
  const archiving = { ...kept.backups.archiving(child, kept.engine), archive_mode: 'on' }
  const restored = await kept.restore(parent, archiving)
  await restored.sql('insert into t values (3)')
  const archive = () => kept.backups.archive(child, restored.member)
  const switched = async () => {
    const name = await restored.ask('select pg_walfile_name(pg_switch_wal())')
    return until(`${name} to be archived`, async () => {
      const seen = await archive()
      return (seen.ranges.at(-1)?.last ?? '') >= name && seen
    })
  }
  const first = await switched()
  expect(first.problems).toEqual([])
  expect(first.ranges.map(({ timeline }) => timeline)).toEqual([2])
  expect(await readdir(join(child.directory, 'wal'))).toContain('00000002.history')
  const base = await kept.backups.backup(
    child,
    {
      id: '20260203-040506-child',
      member: restored.member,
      cold: false,
      kind: 'full',
      version: '16.14',
    },
    watch(),
  )
  expect(base.timeline).toBe(2)
  await restored.sql('insert into t values (4)')
  expect((await switched()).problems).toEqual([])
  expect(await kept.backups.verify(child, base, watch())).toEqual([])
  expect(await kept.rowsAfterRestore(base, child)).toBe('1,2,3,4')
  expect((await kept.archive()).problems).toEqual([])
})

test('a lineage that goes over to another timeline restores across it, and verifies both', async () => {
  await using kept = await openKeptServer()
  const base = await kept.backup()
  await kept.write(1)
  const archiving = { ...kept.backups.archiving(kept.lineage, kept.engine), archive_mode: 'on' }
  await kept.insert(2)
  await kept.original.stop()
  await kept.archive()
  // The same server goes on as a promoted standby would.
  await kept.original.recover(await kept.backups.restoreCommand(kept.lineage), archiving)
  await kept.write(3)
  const last = await kept.write(4)
  expect(last.slice(0, 8)).toBe('00000002')
  const seen = await kept.archive()
  expect(seen.problems).toEqual([])
  expect(seen.ranges.map(({ timeline }) => timeline)).toEqual([1, 2])
  expect(await kept.verify(base)).toEqual([])
  expect(await kept.rowsAfterRestore(base)).toBe('1,2,3,4')
  const gone = seen.ranges[0]?.last ?? ''
  await rm(kept.packed(gone))
  expect((await kept.archive()).problems).toMatchObject([{ kind: 'lost', segment: gone }])
  await expect(kept.restore(base)).rejects.toThrow(gone)
})

test.each([1, 64])('WAL in segments of %i MiB is kept and restored like any other', async (mib) => {
  await using kept = await openKeptServer({ walSegmentMib: mib })
  const base = await kept.backup()
  await kept.original.sql('insert into t select generate_series(1, 50000)')
  await kept.finishSegment()
  const seen = await kept.archive()
  expect(seen.problems).toEqual([])
  expect(seen.segments).toBeGreaterThan(mib === 1 ? 3 : 0)
  expect(await kept.verify(base)).toEqual([])
  const copy = await kept.restore(base)
  expect(await copy.ask('select count(*) from t')).toBe('50000')
})

test('paths with spaces, quotes and percent signs do no harm', async () => {
  await using kept = await openKeptServer({ id: 'strange1', folder: `it's 100%f of "x" $HOME` })
  const base = await kept.backup()
  await kept.write(1)
  expect((await kept.archive()).problems).toEqual([])
  expect(await kept.rowsAfterRestore(base)).toBe('1')
})

const system15 = '/usr/lib/postgresql/15/bin'
const has15 = existsSync(join(system15, 'pg_verifybackup'))
const reason = has15 ? '' : ' (skipped: there is no Postgres 15 of the system here)'

test.skipIf(!has15 && process.env['CI'] !== 'true')(
  `Postgres’s own pg_verifybackup accepts a base, its WAL too, and sees what was changed${reason}`,
  async () => {
    const { engine } = await describeEngine({
      kind: 'system',
      binDirectory: system15,
      account: serverAccount(),
    })
    expect(engine.features).toContain('basic_archive')
    await using kept = await openKeptServer({ engine })
    await kept.original.sql('insert into t select generate_series(1, 10000)')
    const base = await kept.backup()
    const verify = () =>
      execFileSync(
        join(system15, 'pg_verifybackup'),
        ['-m', join(kept.base(base), '..', 'backup_manifest'), kept.base(base)],
        { encoding: 'utf8', stdio: 'pipe' },
      )
    expect(verify()).toContain('successfully verified')
    await writeFile(kept.base(base, 'PG_VERSION'), '16\n')
    expect(verify).toThrow('PG_VERSION')
    await writeFile(kept.base(base, 'PG_VERSION'), '15\n')
    await kept.write(1)
    const copy = await kept.restore(base)
    expect(await copy.ask('select count(*) from t')).toBe('10001')
  },
)

test('an archive on a disk that is full says so, loses nothing, and goes on when there is room', async (t) => {
  await using kept = await openKeptServer()
  const wal = join(kept.lineage.directory, 'wal')
  await rm(wal, { recursive: true })
  await mkdir(wal)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', wal], { stdio: 'ignore' })
  } catch {
    // Only root may, and not in every container.
    t.skip('needs root and the right to mount')
  }
  try {
    const base = await kept.backup()
    const incompressible = `insert into t select (random() * 1e9)::int from generate_series(1, 300000)`
    await kept.original.sql(incompressible)
    await kept.finishSegment()
    await expect(kept.archive()).rejects.toMatchObject({ code: 'DISK_FULL' })
    const waiting = await readdir(kept.incoming)
    expect(waiting.length).toBeGreaterThan(0)
    execFileSync('mount', ['-o', 'remount,size=200m', wal])
    const seen = await kept.archive()
    expect(seen.problems).toEqual([])
    expect(await readdir(kept.incoming)).toEqual([])
    const copy = await createCopyEngine(kept).verify(kept.lineage, base, watch())
    expect(copy).toEqual([])
  } finally {
    execFileSync('umount', [wal])
  }
})
