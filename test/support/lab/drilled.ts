import { expect } from 'vitest'
import type { Drill, DrillCheck } from '../../../src/contract/drill.ts'
import type { Operation } from '../../../src/contract/operation.ts'
import type { Lab } from '../lab-home.ts'
import { project } from './desired.ts'
import { connectTo } from './ledger.ts'

/** The instance that drills are tried on. */
export const db = { project: 'shop', service: 'db' }

/** An operation's end, which must be a good one. */
export async function done(lab: Lab, begun: Promise<{ id: string }>): Promise<Operation> {
  const operation = await lab.finished(await begun)
  expect([operation.state, operation.error]).toEqual(['done', undefined])
  return operation
}

/** A running instance with a table of 20,000 rows, its lineage and a backup of it. */
export async function backedUp(lab: Lab, spec: Parameters<typeof project>[1] = {}) {
  await done(lab, lab.api.upProject(project('shop', spec)))
  const client = await connectTo(lab, db)
  await client.query(`
    create table orders (n integer primary key, note text not null);
    insert into orders select n, repeat('x', 100) from generate_series(1, 20000) as n`)
  // Or the first to read them marks the rows, with a whole page into the WAL, which would mend what a test does to the page.
  await client.query('vacuum (freeze) orders')
  await done(lab, lab.api.createBackup(db))
  const [history] = await lab.api.listBackups(db)
  const backup = history?.backups.at(-1)
  if (!history || !backup) throw new Error('there is no backup')
  return { client, lineage: history.lineage, backup }
}

/** The record of a drill that is run to its end. */
export async function drilled(lab: Lab, lineage: string, backup?: string): Promise<Drill> {
  const asked = { lineage, ...(backup ? { backup } : {}) }
  return recordOf(lab, lineage, await lab.finished(await lab.api.runDrill(asked)))
}

/** The newest record of a lineage's drills, which must be of this operation. */
export async function recordOf(lab: Lab, lineage: string, operation: Operation): Promise<Drill> {
  const [drill] = await lab.api.listDrills({ lineage })
  if (!drill) throw new Error(`no record was kept: ${JSON.stringify(operation.error)}`)
  expect(operation.error?.code).toBe(drill.outcome === 'passed' ? undefined : 'DRILL_FAILED')
  return drill
}

/** What each check came to. */
export const outcomes = ({ checks }: Drill): Record<string, DrillCheck['outcome']> =>
  Object.fromEntries(checks.map(({ kind, outcome }) => [kind, outcome]))

const all = ['backup', 'start', 'marker', 'rows', 'indexes', 'tables', 'checksums']

/** Every check passed but these, which were skipped. */
export const allBut = (...skipped: string[]): Record<string, DrillCheck['outcome']> =>
  Object.fromEntries(all.map((kind) => [kind, skipped.includes(kind) ? 'skipped' : 'passed']))
