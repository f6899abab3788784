import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RecoveryTarget } from '../../src/contract/target.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { archiveSegment, asAdmin } from '../support/lab/admin.ts'
import { backedUp, db, done } from '../support/lab/drilled.ts'
import { eventOf } from '../support/lab/event-of.ts'
import { firstColumn } from '../support/lab/first-column.ts'
import { flipBit, takeAway } from '../support/lab/plant.ts'
import { notes } from '../support/lab/notes.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const PAGE_BYTES = 8192
const shop = { project: 'shop', services: ['db'] }
const latest: RecoveryTarget = { kind: 'latest' }

/** Writes a note, and gives the archived WAL file that has it and the moment after its commit. */
async function note(lab: Lab, n: number): Promise<{ segment: string; after: RecoveryTarget }> {
  await firstColumn(lab, 'db', 'create table if not exists notes (n integer)')
  await firstColumn(lab, 'db', `insert into notes values (${n})`)
  const [at] = await firstColumn(
    lab,
    'db',
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  )
  // Recovery to a time ends at the first commit after it, which must not lie in the next file.
  await firstColumn(lab, 'db', `comment on table notes is '${n}'`)
  return { segment: await archiveSegment(lab, db), after: { kind: 'time', at: String(at) } }
}

/** How a restore ended; one that was refused, by its refusal. */
async function restored(lab: Lab, target: RecoveryTarget, as: string) {
  try {
    const { state, error } = await lab.finished(
      await lab.api.restore({ ...db, target, as, inPlace: false }),
    )
    return { state, error }
  } catch (error) {
    return { state: 'refused', error: AppError.from(error).toJSON() }
  }
}

test('a page that is damaged in the live data is named with its file and block, and older backups bring all back', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, backup } = await backedUp(lab)
  const { rows } = await client.query<{ heap: string }>(
    `select pg_relation_filepath('orders') as heap`,
  )
  await client.end()
  const heap = rows[0]?.heap ?? ''
  await note(lab, 1)
  const { dataDirectory } = await lab.api.getInstance(db)
  await done(lab, lab.api.stopInstances(shop))
  await flipBit(join(dataDirectory, heap), 3 * PAGE_BYTES + 4000)
  await done(lab, lab.api.startInstances(shop))

  await done(lab, lab.api.createBackup(db))
  const place = `block 3 of ${heap}`
  const told = await eventOf(lab, 'backup-damaged')
  expect(told).toMatchObject({ severity: 'error', subject: 'shop/db' })
  expect(told.message).toContain(place)
  const { backups } = (await lab.api.listBackups(db))[0]!
  expect(backups.map((b) => b.damage !== undefined)).toEqual([false, true])
  expect(backups[1]?.damage).toContain(place)
  expect((await lab.api.getInstance(db)).recovery?.problem).toContain(place)

  await note(lab, 2)
  const plan = await lab.api.planRestore({ ...db, target: latest, inPlace: false })
  expect(plan.backup.id).toBe(backup.id)
  expect(await restored(lab, latest, 'whole')).toMatchObject({ state: 'done' })
  expect(await notes(lab, 'whole')).toEqual([1, 2])
  expect(await firstColumn(lab, 'whole', 'select count(*)::int from orders')).toEqual([20_000])
})

test('past damaged or missing WAL nothing is restored, before it all is, and what is damaged is named', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab)
  await client.end()
  const before = await note(lab, 1)
  const spoilt = await note(lab, 2)
  const behind = await note(lab, 3)
  await note(lab, 4)
  const folder = join(lineage.directory, 'wal', '00000001')
  const file = join(folder, `${spoilt.segment}.zst`)
  const verified = async () => {
    const one = { lineage: lineage.id, backup: backup.id }
    return (await lab.finished(await lab.api.verifyBackups(one))).error
  }
  let restores = 0
  const notesAt = async (target: RecoveryTarget): Promise<unknown> => {
    const as = `r${++restores}`
    const { state, error } = await restored(lab, target, as)
    return state === 'done' ? notes(lab, as) : error
  }

  const mend = await flipBit(file, readFileSync(file).length - 100)
  const damaged = expect.stringContaining(spoilt.segment) as string
  expect(await verified()).toMatchObject({ code: 'BACKUP_DAMAGED', message: damaged })
  expect(await notesAt(before.after)).toEqual([1])
  for (const target of [spoilt.after, behind.after, latest]) {
    const error = await notesAt(target)
    expect(JSON.stringify(error)).toContain(spoilt.segment)
  }
  await mend()
  expect(await verified()).toBe(undefined)

  // Else it is mended from the server’s own copy.
  await asAdmin(lab, db, 'checkpoint')
  const { dataDirectory } = await lab.api.getInstance(db)
  expect(readdirSync(join(dataDirectory, 'pg_wal'))).not.toContain(spoilt.segment)
  const putBack = await takeAway(file, lab.root)
  const told = await eventOf(lab, 'archive-lost')
  expect(told).toMatchObject({ severity: 'error', subject: 'shop/db', message: damaged })
  expect(await verified()).toMatchObject({ code: 'BACKUP_DAMAGED', message: damaged })
  expect(await notesAt(before.after)).toEqual([1])
  for (const target of [spoilt.after, behind.after]) {
    expect(await notesAt(target)).toMatchObject({
      code: 'TARGET_OUTSIDE_WINDOW',
      message: damaged,
    })
  }
  const { window } = (await lab.api.listBackups(db))[0]!.lineage
  expect(window.gaps).toMatchObject([{ sentence: damaged }])
  // The newest moment is the one before it, and is told to be so.
  const plan = await lab.api.planRestore({ ...db, target: latest, inPlace: false })
  expect(plan.restoresTo).toBe(window.gaps[0]?.from)
  expect(await notesAt(latest)).toEqual([1])
  // A base after it makes what is committed from then on restorable, and nothing of before.
  await done(lab, lab.api.createBackup(db))
  expect(await notesAt(latest)).toEqual([1, 2, 3, 4])
  expect(await notesAt(before.after)).toEqual([1])
  expect(await notesAt(behind.after)).toMatchObject({ code: 'TARGET_OUTSIDE_WINDOW' })
  await putBack()
  await until('that it is mended', async () => {
    const { problems } = (await lab.api.listBackups(db))[0]!.lineage
    return problems.length === 0
  })
  expect(await notesAt(behind.after)).toEqual([1, 2, 3])
  const names = (await lab.api.listInstances({})).map((i) => i.service)
  expect(names).not.toContain('r2')
  expect(await faultsOf(lab)).toEqual([])
})

test('a bit that turned in a base copy is named by file and block, and the older base takes its place', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab)
  const { rows } = await client.query<{ heap: string }>(
    `select pg_relation_filepath('orders') as heap`,
  )
  await client.end()
  const heap = rows[0]?.heap ?? ''
  await note(lab, 1)
  await done(lab, lab.api.createBackup(db))
  await note(lab, 2)
  const newer = (await lab.api.listBackups(db))[0]!.backups[1]!
  const data = join(lineage.directory, 'bases', newer.id, 'data')
  await flipBit(join(data, heap), 2 * PAGE_BYTES + 5000)
  const verified = await lab.finished(await lab.api.verifyBackups({ lineage: lineage.id }))
  expect(verified.error?.code).toBe('BACKUP_DAMAGED')
  const place = `block 2 of ${heap}`
  expect(verified.error?.message).toContain(`${newer.id}: ${place}`)
  expect((await eventOf(lab, 'backup-damaged')).message).toContain(place)
  const plan = await lab.api.planRestore({ ...db, target: latest, inPlace: false })
  expect(plan.backup.id).toBe(backup.id)
  expect(await restored(lab, latest, 'whole')).toMatchObject({ state: 'done' })
  expect(await notes(lab, 'whole')).toEqual([1, 2])
  expect(await firstColumn(lab, 'whole', 'select count(*)::int from orders')).toEqual([20_000])
  const named = await restored(lab, { kind: 'backup', id: newer.id }, 'named')
  expect(named.state).not.toBe('done')
  expect(JSON.stringify(named.error)).toContain('damaged')
})
