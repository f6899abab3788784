import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watching } from '../../src/backups/backup-engine.suite.ts'
import { checkRepository } from '../../src/backups/pgbackrest/check-repository.ts'
import { startAzure, startS3 } from '../support/lab/object-stores.ts'
import { program } from '../support/lab/pgbackrest.ts'
import { openRepositoryRig, places, switched } from '../support/lab/repository-rig.ts'
import { until } from '../support/lab/until.ts'

const stores = { s3: startS3, azure: startAzure }

describe.skipIf(!program)('repositories of object stores over TLS', () => {
  test.each(['s3', 'azure'] as const)(
    'on %s, a moment comes back on another machine that has the repository alone',
    async (kind) => {
      await using rig = await openRepositoryRig(program!)
      await using store = await stores[kind](await rig.folder(kind), rig.tls)
      const place = places[kind](store.port, rig.tls.caFile)
      const values = new Map([...place.values, ['PASS', 'correct horse battery staple']])
      const access = rig.know('far', { ...place, values, passphrase: 'PASS' })
      expect(await checkRepository(rig.host, access)).toMatchObject({ ok: true, name: 'far' })

      const engine = rig.engine()
      const made = await rig.archiving(engine, rig.lineage('store001', { repository: 'far' }))
      const { server, lineage } = made
      await engine.describe(lineage)
      await server.sql('insert into t values (1)')
      const asked = { member: server.member, cold: false, version: '15.18' }
      const full = { ...asked, id: '20260102-030405-aaa', kind: 'full' as const }
      const first = await engine.backup(lineage, full, watching())
      await server.sql('insert into t values (2)')
      const small = { ...asked, id: '20260102-030406-bbb', kind: 'incremental' as const }
      const second = await engine.backup(lineage, small, watching())
      expect(second.storedBytes).toBeLessThan(first.storedBytes ?? 0)
      await server.sql('insert into t values (3)')
      const between = await server.ask('select clock_timestamp()::text')
      await server.sql('insert into t values (4)')
      await switched(engine, lineage, server)
      await server.stop()
      // As if the machine were gone, but for the keys.
      await rename(lineage.directory, join(rig.home.home, 'gone'))

      const other = rig.engine('other-lineages')
      const [found, ...more] = await other.discover('far')
      expect(more).toEqual([])
      expect(found).toEqual({
        ...lineage,
        directory: join(rig.home.home, 'other-lineages', lineage.id),
        keptIn: { repository: 'far' },
      })
      expect((await other.backups(found!)).map(({ id, kind }) => [id, kind])).toEqual([
        [first.id, 'full'],
        [second.id, 'incremental'],
      ])
      const at = new Date(between).toISOString()
      const sought = await other.find(found!, { kind: 'time', at })
      expect(sought).toMatchObject({ present: true })
      const target = { recovery_target_time: between }
      expect(await rig.rowsAfterRestore(other, found!, second, target)).toBe('1,2,3')
      expect(await rig.rowsAfterRestore(other, found!, first)).toBe('1,2,3,4')
      await other.removeLineage(found!)
      expect(await other.discover('far')).toEqual([])
    },
  )

  test('keys are changed while a server archives, and no segment waits', async () => {
    await using rig = await openRepositoryRig(program!)
    await using store = await startAzure(await rig.folder('azure'), rig.tls)
    rig.know('far', places.azure(store.port, rig.tls.caFile, 0))
    const engine = rig.engine()
    const made = await rig.archiving(engine, rig.lineage('rotate01', { repository: 'far' }))
    const { server, lineage } = made
    await switched(engine, lineage, server)
    rig.know('far', places.azure(store.port, rig.tls.caFile, 1))
    await engine.archive(lineage, server.member)
    for (const n of [1, 2, 3]) {
      await server.sql(`insert into t values (${n})`)
      await switched(engine, lineage, server)
    }
    expect(await server.ask('select failed_count from pg_stat_archiver')).toBe('0')
    const { problems, backlog } = await engine.archive(lineage, server.member)
    expect({ problems, waiting: backlog.segments }).toEqual({ problems: [], waiting: 0 })
  })

  test('an off-site repository has all, keeps it as long as it is told to, and brings it back alone', async () => {
    await using rig = await openRepositoryRig(program!)
    await using store = await startS3(await rig.folder('s3'), rig.tls)
    const place = places.s3(store.port, rig.tls.caFile)
    rig.know('far', { ...place, keepMs: 3_600_000 })
    const engine = rig.engine()
    const made = await rig.archiving(engine, rig.lineage('offsite1', { offsite: 'far' }))
    const { server, lineage } = made
    const asked = { member: server.member, cold: false, version: '15.18', kind: 'full' as const }
    await server.sql('insert into t values (1)')
    const first = await engine.backup(lineage, { ...asked, id: '20260102-030405-aaa' }, watching())
    const second = await engine.backup(lineage, { ...asked, id: '20260102-030406-bbb' }, watching())
    await server.sql('insert into t values (2)')
    await switched(engine, lineage, server)
    await engine.remove(lineage, first)
    // Gone here, and still there.
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([first.id, second.id])
    await until('the off-site repository to have all', async () => {
      const { problems } = await engine.archive(lineage, server.member)
      return problems.length === 0
    })
    await server.stop()
    await rename(join(lineage.directory, 'repository'), join(rig.home.home, 'lost'))
    const policy = { ...lineage.recipe.policy, repository: 'far', offsite: undefined }
    const alone = {
      ...lineage,
      directory: join(rig.home.home, 'elsewhere', lineage.id),
      recipe: { ...lineage.recipe, policy },
    }
    expect(await rig.rowsAfterRestore(rig.engine(), alone, first)).toBe('1,2')
  })
})
