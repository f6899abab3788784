import { afterAll, beforeAll, expect, test } from 'vitest'
import { project } from '../support/lab/desired.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
  await lab.startDaemon()
})
afterAll(() => lab[Symbol.asyncDispose]())

async function ask(name: string, service: string, sql: string): Promise<unknown> {
  const client = await connectTo(lab, { project: name, service })
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** The oldest major whose LSNs have no arithmetic, and one whose pg_walfile_name counts differently at a boundary. */
test.each([13, 17])(
  'Postgres %i: a snapshot is taken without a slot of the user’s, and restores with every row',
  async (major) => {
    const name = `shop${major}`
    const finish = async (operation: { id: string }): Promise<void> => {
      const { state, error } = await lab.finished(operation)
      expect([state, error]).toEqual(['done', undefined])
    }
    const settings = { max_replication_slots: '0', max_wal_senders: '0' }
    await finish(await lab.api.upProject(project(name, { version: { major }, settings })))
    expect(String(await ask(name, 'db', 'show server_version'))).toMatch(`${major}.`)
    await ask(name, 'db', 'create table kept as select generate_series(1, 20000) as n')

    const snapshot = `${name}-s1`
    await finish(await lab.api.createSnapshot({ project: name, service: 'db', name: snapshot }))
    await ask(name, 'db', 'delete from kept')
    await finish(await lab.api.restoreSnapshot({ name: snapshot, project: name, as: 'copy' }))
    expect(await ask(name, 'copy', 'select count(*)::int from kept')).toBe(20_000)
    expect(await ask(name, 'db', 'select count(*)::int from kept')).toBe(0)
  },
)
