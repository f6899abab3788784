import { expect, test } from 'vitest'
import { openLab } from '../support/lab-home.ts'
import { allBut, backedUp, drilled, outcomes } from '../support/lab/drilled.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** The others are on 16. */
const MAJORS = [13, 14, 15, 17, 18]

test.each(MAJORS)('a drill of Postgres %i makes every check that it has', async (major) => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage } = await backedUp(lab, { version: { major } })
  await client.query(`delete from orders where n % 2 = 0`)
  await client.end()
  const drill = await drilled(lab, lineage.id)
  expect(drill.failure).toBe(undefined)
  expect(outcomes(drill)).toEqual(major >= 14 ? allBut() : allBut('tables'))
  const rows = drill.checks.find(({ kind }) => kind === 'rows')?.sentence
  expect(rows).toBe('the rows that the live server had: app.public.orders 10,000 rows')
  expect(await faultsOf(lab)).toEqual([])
})
