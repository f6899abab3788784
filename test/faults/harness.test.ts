import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SUPERUSER } from '../../src/core/config/hba.ts'
import { nowMs } from '../hosts/harness/clock.ts'
import { gapsOf } from '../hosts/harness/gaps.ts'
import { Harness, type Launch } from '../hosts/harness/harness.ts'
import { judge } from '../hosts/harness/judge.ts'
import { openArchivingHome, type RawServer } from '../support/lab/archiving-home.ts'
import { engineOf, NEWER } from '../support/lab/engines.ts'
import { runFolder } from '../support/lab/run-folder.ts'
import { until } from '../support/lab/until.ts'

const here: Launch = ([program = '', ...args]) =>
  spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })

/** Clients of a server by its Unix socket. */
async function clientsOf({ member }: RawServer): Promise<Harness> {
  const ledger = join(await mkdtemp(join(runFolder(), 'ledger-')), 'ledger')
  const url = `postgresql://${SUPERUSER}@/postgres?host=${member.socketDirectory}` as const
  const endpoints = [{ name: 'direct', urls: [url] as const, isPrimary: true }]
  return Harness.start({ endpoints, writers: 4, readers: 2, paceMs: 20, ledger }, here)
}

async function startedServer(home: Awaited<ReturnType<typeof openArchivingHome>>) {
  const server = home.server('one')
  await server.init({ archive_mode: 'off' })
  await server.start()
  return server
}

test('clients of a server that is killed and started again find every promise kept', async () => {
  await using home = await openArchivingHome(await engineOf(NEWER))
  const server = await startedServer(home)
  await using clients = await clientsOf(server)
  const killedMs = nowMs()
  await server.stop('SIGKILL')
  // Its backends hold the shared memory until each has noticed.
  await until('the server to start again', () =>
    server.start().then(
      () => true,
      () => false,
    ),
  )
  await clients.untilWritten(nowMs())
  const history = await clients.finish()
  const { violations, counts, errors } = judge(history)
  expect(violations).toEqual([])
  expect(counts.acked).toBeGreaterThan(0)
  expect(Object.keys(errors)).not.toEqual([])
  expect(gapsOf(history.entries, killedMs)).toMatchObject([{ endpoint: 'direct', clients: 4 }])
})

test('a row that disappears, money that is taken and a register that is set back are found', async () => {
  await using home = await openArchivingHome(await engineOf(NEWER))
  const server = await startedServer(home)
  await using clients = await clientsOf(server)
  await server.sql('delete from harness.rows where id = (select min(id) from harness.rows)')
  await server.sql('update harness.accounts set balance = balance - 1 where account = 7')
  await until('a register that was set', async () => {
    const [row] = await server.sql('select version from harness.registers where key = 0')
    return Number(row?.['version']) > 1
  })
  await server.sql('update harness.registers set version = 0 where key = 0')
  await clients.untilWritten(nowMs())
  const rules = judge(await clients.finish()).violations.map(({ rule }) => rule)
  expect(rules).toEqual(expect.arrayContaining(['lost-ack', 'broken-sum', 'stale-read']))
})
