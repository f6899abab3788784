import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watching } from '../../src/backups/backup-engine.suite.ts'
import { checkRepository } from '../../src/backups/pgbackrest/check-repository.ts'
import type { RepositoryStorage } from '../../src/contract/repository.ts'
import { freePort } from '../../src/system/ports.ts'
import { startProxy } from '../support/lab/faulty-proxy.ts'
import { makeCertificates, startAzure, startS3 } from '../support/lab/object-stores.ts'
import { program } from '../support/lab/pgbackrest.ts'
import { openRepositoryRig, places, switched } from '../support/lab/repository-rig.ts'
import { until } from '../support/lab/until.ts'

describe.skipIf(!program)('a repository that cannot be used', () => {
  test('is told what is wrong, each by its name', async () => {
    await using rig = await openRepositoryRig(program!)
    await using s3 = await startS3(await rig.folder('s3'), rig.tls)
    await using azure = await startAzure(await rig.folder('azure'), rig.tls)
    await using proxy = await startProxy(s3, rig.tls)
    const other = await makeCertificates(join(rig.home.home, 'other-tls'))
    const fine = places.s3(s3.port, rig.tls.caFile)
    const faultOf = async (
      change: Partial<Extract<RepositoryStorage, { type: 's3' }>>,
      values: ReadonlyMap<string, string> = fine.values,
    ) => {
      const storage = { ...fine.storage, ...change }
      const { ok, fault, sentence } = await checkRepository(
        rig.host,
        rig.know('far', { storage, values }),
      )
      expect(ok).toBe(fault === undefined)
      for (const value of values.values()) if (!ok) expect(sentence).not.toContain(value)
      return fault
    }
    expect(await faultOf({})).toBeUndefined()
    expect(await faultOf({ endpoint: 'no-such-host.invalid' })).toBe('name')
    expect(await faultOf({ port: await freePort('127.0.0.1') })).toBe('connection')
    expect(await faultOf({ caFile: other.caFile })).toBe('tls')
    expect(await faultOf({ caFile: join(rig.home.home, 'no-such-file') })).toBe('tls')
    expect(await faultOf({ bucket: 'elsewhere' })).toBe('missing')
    const wrong = new Map([...fine.values, ['S3_KEY', 'SOMEBODYELSE']])
    expect(await faultOf({}, wrong)).toBe('credentials')
    for (const [mode, fault] of [
      ['hang', 'timeout'],
      ['fail', 'server'],
      ['refuse', 'credentials'],
      ['pass', undefined],
    ] as const) {
      proxy.mode = mode
      expect(await faultOf({ port: proxy.port })).toBe(fault)
    }
    const place = places.azure(azure.port, rig.tls.caFile)
    const strange = new Map([['AZURE_KEY', Buffer.alloc(32, 9).toString('base64')]])
    const check = await checkRepository(rig.host, rig.know('far', { ...place, values: strange }))
    expect(check).toMatchObject({ ok: false, fault: 'credentials' })
    expect(check.sentence).toContain('howdah config set -p shop AZURE_KEY')
  })

  test('is told when its content has another passphrase, or its folder is closed', async () => {
    await using rig = await openRepositoryRig(program!)
    const path = await rig.folder('posix')
    const { ensureDirectory } = await import('../../src/system/files.ts')
    await ensureDirectory(path, { mode: 0o700, owner: rig.home.account })
    const storage = { type: 'posix', path } as const
    const withPass = (pass: string) =>
      rig.know('near', { storage, values: new Map([['PASS', pass]]), passphrase: 'PASS' })
    withPass('right')
    const server = rig.home.server('original')
    await server.init({})
    await rig.engine().prepare(rig.lineage('secret01', { repository: 'near' }), server.member)
    expect(await checkRepository(rig.host, withPass('right'))).toMatchObject({ ok: true })
    const wrong = await checkRepository(rig.host, withPass('wrong'))
    expect(wrong).toMatchObject({ ok: false, fault: 'passphrase' })
    if (!rig.home.account) return
    const closed = join(rig.home.home, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const shut = rig.know('shut', { storage: { type: 'posix', path: closed }, values: new Map() })
    const check = await checkRepository(rig.host, shut)
    expect(check).toMatchObject({ ok: false, fault: 'other' })
    expect(check.sentence).toContain(closed)
  })

  test('keeps WAL waiting on the server, is named while it lasts, and has all when it is back', async () => {
    await using rig = await openRepositoryRig(program!)
    await using store = await startS3(await rig.folder('s3'), rig.tls)
    await using proxy = await startProxy(store, rig.tls)
    rig.know('far', places.s3(proxy.port, rig.tls.caFile))
    const engine = rig.engine()
    const made = await rig.archiving(engine, rig.lineage('faulty01', { repository: 'far' }))
    const { server, lineage } = made
    const asked = { member: server.member, cold: false, version: '15.18', kind: 'full' as const }
    const base = await engine.backup(lineage, { ...asked, id: '20260102-030405-aaa' }, watching())
    let n = 0
    for (const mode of ['hang', 'fail', 'refuse'] as const) {
      proxy.mode = mode
      await server.sql(`insert into t values (${++n})`)
      await server.sql('select pg_switch_wal()')
      const seen = engine.archive(lineage, server.member)
      await expect(seen).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' })
      await expect(seen).rejects.toThrow('“far”')
      const failed = engine.backup(lineage, { ...asked, id: '20260102-030406-bbb' }, watching())
      await expect(failed).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' })
    }
    proxy.mode = 'pass'
    await server.sql(`insert into t values (${++n})`)
    await switched(engine, lineage, server)
    const { problems, backlog, ranges } = await engine.archive(lineage, server.member)
    expect({ problems, waiting: backlog.segments }).toEqual({ problems: [], waiting: 0 })
    expect(ranges).toHaveLength(1)
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([base.id])
    await server.stop()
    expect(await rig.rowsAfterRestore(engine, lineage, base)).toBe('1,2,3,4')
  })

  test('WAL that was given up for it is brought to it after all, while the server still has it', async () => {
    await using rig = await openRepositoryRig(program!)
    await using store = await startS3(await rig.folder('s3'), rig.tls)
    await using proxy = await startProxy(store, rig.tls)
    rig.know('far', places.s3(proxy.port, rig.tls.caFile))
    const engine = rig.engine()
    const made = await rig.archiving(engine, rig.lineage('faulty03', { repository: 'far' }))
    const { server } = made
    const asked = { member: server.member, cold: false, version: '15.18', kind: 'full' as const }
    await engine.backup(made.lineage, { ...asked, id: '20260102-030405-aaa' }, watching())
    const { recipe, walSegmentBytes } = made.lineage
    const policy = { ...recipe.policy, backlogBytes: walSegmentBytes }
    const lineage = { ...made.lineage, recipe: { ...recipe, policy } }
    // From here on the server keeps one segment at most.
    await switched(engine, lineage, server)
    proxy.mode = 'fail'
    for (const row of [1, 2, 3]) {
      await server.sql(`insert into t values (${row})`)
      await server.sql('select pg_switch_wal()')
    }
    await until('the server to give up what waits', async () => {
      const waiting = await server.ask(
        `select count(*) from pg_ls_archive_statusdir() where name like '%.ready'`,
      )
      // One segment is no more than it may keep.
      return waiting === '1'
    })
    proxy.mode = 'pass'
    await switched(engine, lineage, server)
    const { ranges, problems } = await engine.archive(lineage, server.member)
    expect(problems).toEqual([])
    expect(ranges).toHaveLength(1)
    expect(
      await engine.find(lineage, { kind: 'time', at: '2026-01-02T03:04:05.000Z' }),
    ).toMatchObject({
      present: true,
    })
  })

  test('as the off-site one, holds up neither WAL nor backups, and is brought what it lacks', async () => {
    await using rig = await openRepositoryRig(program!)
    await using store = await startS3(await rig.folder('s3'), rig.tls)
    await using proxy = await startProxy(store, rig.tls)
    rig.know('far', places.s3(proxy.port, rig.tls.caFile))
    const engine = rig.engine()
    const made = await rig.archiving(engine, rig.lineage('faulty02', { offsite: 'far' }))
    const { server, lineage } = made
    const asked = { member: server.member, cold: false, version: '15.18', kind: 'full' as const }
    const base = await engine.backup(lineage, { ...asked, id: '20260102-030405-aaa' }, watching())
    const look = () => engine.archive(lineage, server.member)
    await until(
      'the off-site repository to be fine',
      async () => (await look()).problems.length === 0,
    )

    proxy.mode = 'hang'
    await server.sql('insert into t values (1)')
    const during = await until('the off-site repository to be told', async () => {
      const archive = await look()
      return archive.problems.some(({ kind }) => kind === 'unreachable') && archive
    })
    expect(during.problems.map(({ sentence }) => sentence).join()).toContain('off-site')
    for (const row of [2, 3, 4]) {
      await server.sql(`insert into t values (${row})`)
      await switched(engine, lineage, server)
    }
    const taken = watching()
    const second = await engine.backup(lineage, { ...asked, id: '20260102-030406-bbb' }, taken)
    expect(taken.reports.join()).toContain('off-site')
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([base.id, second.id])

    proxy.mode = 'pass'
    const after = await until('the off-site repository to have all WAL', async () => {
      const { problems } = await look()
      return (
        problems.every(({ kind, segment }) => kind === 'late' && segment === undefined) && problems
      )
    })
    // The next base backup goes there too; this one is only here.
    expect(after.map(({ sentence }) => sentence).join()).toContain(second.id)
    await server.stop()
    const policy = { ...lineage.recipe.policy, repository: 'far', offsite: undefined }
    const directory = join(rig.home.home, 'elsewhere', lineage.id)
    const alone = { ...lineage, directory, recipe: { ...lineage.recipe, policy } }
    expect(await rig.rowsAfterRestore(rig.engine(), alone, base)).toBe('1,2,3,4')
  })
})
