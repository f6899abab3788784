import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BackupPolicy, defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { done } from '../support/lab/drilled.ts'
import {
  committedIn,
  instantOf,
  quietMoment,
  rowsIn,
  withHistory,
  writeAllTheTime,
} from '../support/lab/history.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { program } from '../support/lab/pgbackrest.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const db = { project: 'shop', service: 'db' }
/** Not the newest: a system keeps its own engine up to date, and pgBackRest would keep the lineage of that unasked. */
const version = { major: 15, minor: 17 }

const wanted = (policy: Partial<BackupPolicy> = {}) =>
  project('shop', {
    version,
    settings: withHistory,
    backups: { ...defaultBackupPolicy, ...policy },
  })

const repositoryPath = (lab: Lab, name: string): string => join(lab.root, 'repositories', name)

const addRepository = (lab: Lab, name: string) =>
  lab.api.addRepository({
    name,
    project: 'shop',
    storage: { type: 'posix', path: repositoryPath(lab, name) },
    asynchronous: false,
    replace: false,
  })

const lineagesOf = (lab: Lab) => lab.api.listLineages(db)

async function rowsOf(lab: Lab, service: string): Promise<number[]> {
  const client = await connectTo(lab, { project: 'shop', service })
  try {
    return await rowsIn(client)
  } finally {
    await client.end()
  }
}

/** The rows of a restore as a new instance, which is gone afterwards. */
async function restored(lab: Lab, wish: Partial<Parameters<Lab['api']['restore']>[0]>) {
  const target = { kind: 'latest' as const }
  await done(lab, lab.api.restore({ ...db, target, as: 'again', inPlace: false, ...wish }))
  const rows = await rowsOf(lab, 'again')
  const services = ['again']
  await done(lab, lab.api.downProject({ project: 'shop', services, finalSnapshot: 'none' }))
  return rows
}

const kindsOf = async (lab: Lab, policy: Partial<BackupPolicy>) =>
  (await lab.api.planProject(wanted(policy))).actions.map(({ kind }) => kind)

describe.skipIf(!program)('the place of an instance’s backups', () => {
  test('changes under constant writes, back and forth, and no moment is in neither history', async () => {
    await using lab = await openLab()
    await lab.startDaemon()
    await addRepository(lab, 'vault')
    await done(lab, lab.api.upProject(wanted()))
    const writing = await writeAllTheTime(lab, db, 2)
    await done(lab, lab.api.createBackup(db))
    const vault = { repository: 'vault' }
    expect(await kindsOf(lab, vault)).toEqual(['renew-lineage'])
    const { startedAt } = await lab.api.getInstance(db)
    await done(lab, lab.api.upProject(wanted(vault)))
    expect(await kindsOf(lab, vault)).toEqual([])
    const written = (await rowsOf(lab, 'db')).length
    await until('more rows', async () => (await rowsOf(lab, 'db')).length > written + 100)
    await writing.stop()

    const [old, next] = await lineagesOf(lab)
    expect(old).toMatchObject({ state: 'closed', keptIn: {}, engine: 'copy' })
    expect(next).toMatchObject({
      state: 'open',
      keptIn: vault,
      engine: 'pgbackrest',
      backups: 1,
      parent: { lineage: old?.id, how: 'renewal' },
    })
    expect((await lab.api.getInstance(db)).startedAt).toBe(startedAt)

    const client = await connectTo(lab, db)
    const history = await committedIn(client)
    await client.end()
    const earliest = Date.parse(next?.window.earliest ?? '')
    const at = (row: { atMicros: bigint }): number => Number(row.atMicros / 1000n)
    // The last moments of the old history, while the new one's base was copied, and the first of the new one.
    const before = history.filter((row) => at(row) < earliest - 10)
    const after = history.filter((row) => at(row) > earliest + 10)
    for (const [lineage, part] of [
      [old?.id ?? '', before.slice(-20)],
      [next?.id ?? '', after],
    ] as const) {
      const micros = quietMoment(part, 0)
      const expected = history.filter((row) => row.atMicros <= micros).map((row) => row.n)
      const target = { kind: 'time' as const, at: instantOf(micros) }
      const rows = await restored(lab, { lineage, target })
      expect(rows).toEqual(expected.toSorted((a, b) => a - b))
    }
    expect(await restored(lab, {})).toHaveLength(history.length)

    await done(lab, lab.api.upProject(wanted()))
    const [, second, third] = await lineagesOf(lab)
    expect(second).toMatchObject({ id: next?.id, state: 'closed', keptIn: vault })
    expect(third).toMatchObject({ state: 'open', keptIn: {}, engine: 'copy', backups: 1 })
    expect(await restored(lab, {})).toHaveLength(history.length)
    expect(await faultsOf(lab)).toEqual([])
  })

  test('can get a second one and lose it, with the same history', async () => {
    await using lab = await openLab()
    await lab.startDaemon()
    for (const name of ['vault', 'far']) await addRepository(lab, name)
    await done(lab, lab.api.upProject(wanted({ repository: 'vault' })))
    await done(lab, lab.api.createBackup(db))
    const both = { repository: 'vault', offsite: 'far' }
    expect(await kindsOf(lab, both)).toEqual(['change-offsite'])
    await done(lab, lab.api.upProject(wanted(both)))
    expect(await kindsOf(lab, both)).toEqual([])
    const [only, ...more] = await lineagesOf(lab)
    expect(more).toEqual([])
    expect(only).toMatchObject({ keptIn: both, backups: 2 })
    // The look at it that was under way before the base backup was there tells that it is not.
    await until('no problem', async () => (await lineagesOf(lab))[0]?.problems.length === 0)
    const copies = async () => {
      const names = await readdir(join(repositoryPath(lab, 'far'), 'backup', only?.id ?? ''))
      return names.filter((name) => name.endsWith('F'))
    }
    expect(await copies()).toHaveLength(1)
    const writing = await writeAllTheTime(lab, db, 1)
    await until('rows', async () => (await rowsOf(lab, 'db')).length > 50)
    await writing.stop()
    const rows = await rowsOf(lab, 'db')
    await done(lab, lab.api.createBackup(db))
    expect(await copies()).toHaveLength(2)

    await done(lab, lab.api.upProject(wanted({ repository: 'vault' })))
    expect((await lineagesOf(lab)).map(({ keptIn }) => keptIn)).toEqual([{ repository: 'vault' }])
    await rename(repositoryPath(lab, 'far'), repositoryPath(lab, 'gone'))
    await done(lab, lab.api.createBackup(db))
    expect(await restored(lab, {})).toEqual(rows)
    expect(await lab.api.removeRepository({ name: 'far' })).toEqual({ removed: 'far' })
    expect(await faultsOf(lab)).toEqual([])
  })

  test('stays when the new one takes nothing, and can change when the old one is gone', async () => {
    await using lab = await openLab()
    await lab.startDaemon()
    for (const name of ['vault', 'other']) await addRepository(lab, name)
    await done(lab, lab.api.upProject(wanted({ repository: 'vault' })))
    await done(lab, lab.api.createBackup(db))
    const [first] = await lineagesOf(lab)
    // A file in its place.
    await rename(repositoryPath(lab, 'other'), repositoryPath(lab, 'aside'))
    await writeFile(repositoryPath(lab, 'other'), '')
    const failed = await lab.finished(await lab.api.upProject(wanted({ repository: 'other' })))
    expect(failed.state).toBe('failed')
    expect((await lineagesOf(lab)).map(({ id, state }) => [id, state])).toEqual([
      [first?.id, 'open'],
    ])
    await done(lab, lab.api.createBackup(db))
    expect(await kindsOf(lab, { repository: 'other' })).toEqual(['renew-lineage'])

    await rm(repositoryPath(lab, 'other'))
    await rename(repositoryPath(lab, 'aside'), repositoryPath(lab, 'other'))
    await rm(repositoryPath(lab, 'vault'), { recursive: true })
    await done(lab, lab.api.upProject(wanted({ repository: 'other' })))
    const [old, next] = await lineagesOf(lab)
    expect([old?.state, next?.state]).toEqual(['closed', 'open'])
    expect(await lab.api.planRestore({ ...db, target: { kind: 'latest' }, inPlace: true })).toEqual(
      expect.objectContaining({ lineage: next?.id }),
    )
  })
})
