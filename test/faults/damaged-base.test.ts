import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLab } from '../support/lab-home.ts'
import { backedUp, db, done } from '../support/lab/drilled.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { flipBit } from '../support/lab/plant.ts'

const PAGE_BYTES = 8192

test('a bit that turned in a base copy ends the restore from it before anything is handed over, and the next one takes an older base', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab)
  const { rows } = await client.query<{ heap: string }>(
    `select pg_relation_filepath('orders') as heap`,
  )
  await client.end()
  const heap = rows[0]?.heap ?? ''
  await done(lab, lab.api.createBackup(db))
  const newer = (await lab.api.listBackups(db))[0]!.backups[1]!
  // Unused space of a page that recovery does not touch: no server would ever complain.
  const data = join(lineage.directory, 'bases', newer.id, 'data')
  await flipBit(join(data, heap), 2 * PAGE_BYTES + 5000)

  const target = { kind: 'latest' } as const
  const restore = () => lab.api.restore({ ...db, target, as: 'second', inPlace: false })
  const { state, error } = await lab.finished(await restore())
  expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'BACKUP_DAMAGED' })
  expect(error?.message).toContain(`${newer.id} is damaged`)
  expect(error?.message).toContain(`block 2 of ${heap}`)
  const left = (await lab.api.listInstances({})).map(({ service }) => service)
  expect(left).toEqual(['db'])
  expect(readdirSync(join(lab.home, 'instances', 'shop'))).toEqual(['db'])
  const damage = (await lab.api.listBackups(db))[0]!.backups.map((b) => [b.id, b.damage])
  expect(damage).toEqual([
    [backup.id, undefined],
    [newer.id, expect.stringContaining(heap)],
  ])

  await done(lab, restore())
  const second = await connectTo(lab, { project: 'shop', service: 'second' })
  const { rows: counted } = await second.query<{ n: number }>(
    'select count(*)::int as n from orders',
  )
  await second.end()
  expect(counted).toEqual([{ n: 20_000 }])
})
