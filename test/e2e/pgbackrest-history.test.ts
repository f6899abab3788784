import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watching } from '../../src/backups/backup-engine.suite.ts'
import { restoreData } from '../../src/system/tools/pgbackrest-restore.ts'
import { flipBit } from '../support/lab/plant.ts'
import { program } from '../support/lab/pgbackrest.ts'
import { openRepositoryRig, type RepositoryRig, switched } from '../support/lab/repository-rig.ts'

/** A server that archives into its lineage's own folder, with a base backup. */
async function openHistory(rig: RepositoryRig, id: string) {
  const engine = rig.engine()
  const { server, lineage } = await rig.archiving(engine, rig.lineage(id, {}))
  const backup = (n: number, kind: 'full' | 'differential' | 'incremental') =>
    engine.backup(
      lineage,
      { id: `20260102-03040${n}-aaa`, member: server.member, cold: false, version: '15.18', kind },
      watching(),
    )
  return { engine, server, lineage, backup }
}

describe.skipIf(!program)('a history that pgBackRest keeps', () => {
  test('with WAL that was changed: a verification names it, and recovery ends with an error, not early', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, server, lineage, backup } = await openHistory(rig, 'changed1')
    const base = await backup(1, 'full')
    await server.sql('insert into t values (1)')
    const middle = await switched(engine, lineage, server)
    await server.sql('insert into t values (2)')
    await switched(engine, lineage, server)
    await server.stop()
    const archive = join(lineage.directory, 'repository', 'archive', lineage.id)
    const files = await readdir(archive, { recursive: true })
    const stored = join(archive, files.find((file) => file.includes(`${middle}-`)) ?? '')
    const undo = await flipBit(stored, (await readFile(stored)).length - 40)
    expect(await engine.verify(lineage, base, watching())).toContainEqual(
      expect.objectContaining({ where: middle, kind: 'changed' }),
    )
    await expect(rig.rowsAfterRestore(engine, lineage, base)).rejects.toThrow(middle)
    await undo()
    expect(await engine.verify(lineage, base, watching())).toEqual([])
    expect(await rig.rowsAfterRestore(engine, lineage, base)).toBe('1,2')
  })

  test('with a base that was changed: a verification names the files of it and of what builds on it', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, lineage, backup, server } = await openHistory(rig, 'changed2')
    const full = await backup(1, 'full')
    await server.sql('insert into t values (1)')
    const small = await backup(2, 'incremental')
    const other = await backup(3, 'full')
    const bases = join(lineage.directory, 'repository', 'backup', lineage.id)
    const [first] = (await readdir(bases)).filter((name) => name.endsWith('F')).toSorted()
    const bundles = join(bases, first ?? '', 'bundle')
    const [bundle] = await readdir(bundles)
    await flipBit(join(bundles, bundle ?? ''), 5000)
    for (const broken of [full, small]) {
      const damage = await engine.verify(lineage, broken, watching())
      expect(damage[0]?.where).toContain(first)
    }
    expect(await engine.verify(lineage, other, watching())).toEqual([])
  })

  test('a restore tells how far it is, brings back what ALTER SYSTEM set, and can be given up', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, server, lineage, backup } = await openHistory(rig, 'restore1')
    await server.sql(`alter system set work_mem = '7MB'`)
    const base = await backup(1, 'full')
    const source = await engine.source(lineage, base, { durable: true })
    if (source.kind !== 'pgbackrest') throw new Error(`a ${source.kind}`)
    const { account } = rig.home
    const restore = (name: string, signal: AbortSignal, background: boolean) => {
      const seen: { bytesDone: number; bytesTotal: number }[] = []
      const onProgress = (p: (typeof seen)[number]): void => void seen.push(p)
      const directory = rig.home.server(name).data
      const options = { account, signal, onProgress, background }
      return { seen, directory, ended: restoreData(source, directory, options) }
    }
    const whole = restore('whole', new AbortController().signal, true)
    await whole.ended
    expect(whole.seen.at(-1)).toEqual({ bytesDone: base.sizeBytes, bytesTotal: base.sizeBytes })
    const names = await readdir(whole.directory)
    expect(names).toContain('backup_label')
    expect(names).not.toContain('recovery.signal')
    const auto = await readFile(join(whole.directory, 'postgresql.auto.conf'), 'utf8')
    expect(auto).toContain(`work_mem = '7MB'`)
    expect(auto).not.toContain('restore_command')
    const stop = AbortSignal.abort(new Error('enough'))
    await expect(restore('given-up', stop, false).ended).rejects.toThrow()
    const gone = { ...source, backup: '20200101-000000F' }
    const nothing = { account, signal: new AbortController().signal, onProgress: () => {} }
    await expect(restoreData(gone, join(rig.home.home, 'x'), nothing)).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
    })
  })

  test('a full backup that a smaller one builds on is not removed before it', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, server, lineage, backup } = await openHistory(rig, 'needed01')
    const full = await backup(1, 'full')
    await server.sql('insert into t values (1)')
    const small = await backup(2, 'differential')
    const last = await backup(3, 'full')
    const ids = async () => (await engine.backups(lineage)).map(({ id }) => id)
    await expect(engine.remove(lineage, full)).rejects.toMatchObject({ code: 'CHANGE_REFUSED' })
    expect(await ids()).toEqual([full.id, small.id, last.id])
    await engine.remove(lineage, small)
    await engine.remove(lineage, full)
    await engine.remove(lineage, full)
    expect(await ids()).toEqual([last.id])
  })

  test('the only backup can be removed, though pgBackRest keeps it until there is another', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, lineage, backup } = await openHistory(rig, 'only0001')
    const bases = join(lineage.directory, 'repository', 'backup', lineage.id)
    const labels = async () => (await readdir(bases)).filter((name) => /^\d+-\d+F$/.test(name))
    await engine.remove(lineage, await backup(1, 'full'))
    expect(await engine.backups(lineage)).toEqual([])
    expect(await labels()).toHaveLength(1)
    // Nothing builds on what does not count.
    const second = await backup(2, 'incremental')
    expect(second.kind).toBe('full')
    await engine.pruneWal(lineage, second)
    expect((await engine.backups(lineage)).map(({ id }) => id)).toEqual([second.id])
    expect(await labels()).toHaveLength(1)
  })

  test('a repository that has lost the lineage is told, and never begun anew', async () => {
    await using rig = await openRepositoryRig(program!)
    const { engine, server, lineage, backup } = await openHistory(rig, 'lost0001')
    await backup(1, 'full')
    const repository = join(lineage.directory, 'repository')
    await rename(repository, join(rig.home.home, 'unmounted'))
    const archive = () => engine.archive(lineage, server.member)
    await expect(rig.engine().archive(lineage, server.member)).rejects.toMatchObject({
      code: 'REPOSITORY_UNREACHABLE',
    })
    await expect(archive()).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' })
    await expect(backup(2, 'full')).rejects.toThrow()
    await rename(repository, join(rig.home.home, 'empty'))
    await rename(join(rig.home.home, 'unmounted'), repository)
    await server.sql('insert into t values (1)')
    await switched(engine, lineage, server)
    expect((await archive()).problems).toEqual([])
  })
})
