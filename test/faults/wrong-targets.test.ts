import { expect, test } from 'vitest'
import type { RecoveryTarget } from '../../src/contract/target.ts'
import { openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf, type Told } from '../support/lab/compose-folder.ts'
import { db, done } from '../support/lab/drilled.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** Five hours behind UTC in winter, when its clocks are not UTC’s by chance. */
const zone = 'America/New_York'
/** `2026-11-20 15:03:12.5-05:00`: no time without its zone. */
const shownTime = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?-0[45]:00/g

async function labWithShop() {
  const lab = await openLab()
  await lab.startDaemon()
  const cwd = await composeFolder(lab, 'shop', { 'compose.yaml': composeText() })
  const howdah = (...args: string[]) => lab.howdah(['--json', ...args], { cwd, env: { TZ: zone } })
  const refusal = async (...args: string[]): Promise<Told> => errorOf(await howdah(...args))
  expect(await howdah('up', '--yes')).toMatchObject({ status: 0 })
  const sql = async (text: string, service = 'db'): Promise<unknown[]> => {
    const client = await connectTo(lab, { project: 'shop', service })
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }
  return { lab, howdah, refusal, sql }
}

test('a target that nothing restorable has is refused with the range in the zone of who asks, and nothing is made or changed', async () => {
  const { lab: home, refusal, sql } = await labWithShop()
  await using lab = home
  for (const target of ['latest', '1 minute ago', '0/3000028']) {
    const early = await refusal('restore', 'db', '--to', target, '--as', 'never')
    expect(early.code, target).toBe('BACKUP_NEEDED')
  }
  await done(lab, lab.api.createBackup(db))
  await sql('create table notes as select 1 as n')
  const before = await lab.api.getInstance(db)
  const { finishedAt } = (await lab.api.listBackups(db))[0]!.backups[0]!
  const justBefore = new Date(Date.parse(finishedAt) - 1).toISOString()
  const wrong = [
    '2001-02-03 04:05',
    justBefore,
    '2101-02-03 04:05',
    '1 hour ago',
    '0/1',
    'FF/FF000000',
    'xid:4000000000',
    'name:never-named',
  ]
  for (const target of wrong) {
    for (const where of [
      ['--as', 'never'],
      ['--in-place', '--yes'],
    ]) {
      const told = await refusal('restore', 'db', '--to', target, ...where)
      const round = `${target} ${where.join(' ')}: ${told.message}`
      expect(told.code, round).toBe('TARGET_OUTSIDE_WINDOW')
      const [from, to] = told.message.match(shownTime)?.slice(-2) ?? []
      expect(Date.parse(from ?? ''), round).toBe(Date.parse(String(told.details?.['earliest'])))
      expect(Date.parse(to ?? ''), round).toBe(Date.parse(String(told.details?.['latest'])))
      expect(from && to && from <= to, round).toBe(true)
    }
  }
  const unknown = ['restore', 'db', '--to', '20200101-000000-abcdef', '--as', 'never']
  expect((await refusal(...unknown)).code).toMatch(/^(BACKUP_NOT_FOUND|TARGET_OUTSIDE_WINDOW)$/)
  // The very first moment is one that can be restored.
  const first = await lab.api.planRestore({
    ...db,
    target: { kind: 'time', at: finishedAt },
    inPlace: false,
  })
  expect(first.restoresTo).toBe(finishedAt)
  const all = await lab.api.listInstances({})
  expect(all.map((i) => i.service)).toEqual(['db'])
  expect(all[0]).toMatchObject({ id: before.id, pid: before.pid, state: 'ready' })
  expect(await faultsOf(lab)).toEqual([])
})

test('a database in which nothing happens is restored to its newest moment, to now, and to the moment of its backup', async () => {
  const { lab: home, howdah, sql } = await labWithShop()
  await using lab = home
  await sql('create table notes as select 1 as n')
  await done(lab, lab.api.createBackup(db))
  const restored = async (as: string, ...to: string[]): Promise<void> => {
    const { status, stdout } = await howdah('restore', 'db', '--to', ...to, '--as', as)
    expect(status, stdout).toBe(0)
    expect(await sql('select n from notes', as)).toEqual([{ n: 1 }])
  }
  await restored('newest', 'latest')
  await restored('present', new Date().toISOString())
  // Nor has one that was restored from it and left alone.
  const target: RecoveryTarget = { kind: 'latest' }
  await done(lab, lab.api.createBackup({ ...db, service: 'newest' }))
  const again = { project: 'shop', service: 'newest', target, as: 'again', inPlace: false }
  await done(lab, lab.api.restore(again))
  expect(await sql('select n from notes', 'again')).toEqual([{ n: 1 }])
  expect(await howdah('stop', 'db')).toMatchObject({ status: 0 })
  await restored('stopped', 'latest')
  await restored('whole', (await lab.api.listBackups(db))[0]!.backups[0]!.id)
  expect(await faultsOf(lab)).toEqual([])
})
