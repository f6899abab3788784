import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MemberDocument } from '../../src/contract/documents/member.ts'
import { RELOAD, STRAY_ARCHIVING, takeBack } from '../../src/core/sql/owner.ts'
import { openSession } from '../../src/drivers/local/session.ts'
import { type AgentRig, openAgentRig } from '../support/agent-rig.ts'

/** The owner of a database is no superuser, and may still say with what settings its sessions begin. */
let rig: AgentRig
let member: MemberDocument
beforeAll(async () => {
  rig = await openAgentRig()
  member = await rig.want(rig.member('owned').doc)
  await rig.untilState(member, 'ready')
  await rig.query(member, 'create role app login')
  await rig.query(member, 'alter database postgres owner to app')
})
afterAll(() => rig[Symbol.asyncDispose]())

async function asOwner(...statements: string[]): Promise<void> {
  const session = await openSession(member, { database: 'postgres', role: 'app' })
  try {
    for (const sql of statements) await session.query(sql)
  } finally {
    await session.close()
  }
}

async function asUs<T>(sql: string): Promise<T[]> {
  const session = await openSession(member, { database: 'postgres' })
  try {
    return await session.query<T>(sql)
  } finally {
    await session.close()
  }
}

test('a function in a schema of the database’s owner never runs as our superuser', async () => {
  await asOwner(
    'create schema theirs',
    `create function theirs.pg_current_wal_lsn() returns pg_lsn language plpgsql as
      'begin alter role app superuser; return pg_catalog.pg_current_wal_lsn(); end'`,
    'alter database postgres set search_path = theirs, pg_catalog',
  )
  await asUs('select pg_current_wal_lsn()')
  const [app] = await asUs<{ rolsuper: boolean }>(
    `select rolsuper from pg_roles where rolname = 'app'`,
  )
  expect(app?.rolsuper).toBe(false)
})

test('what the owner sets for sessions neither ends ours nor changes what they read', async () => {
  await asOwner(
    'alter database postgres set statement_timeout = 1',
    'alter database postgres set idle_session_timeout = 1',
    'alter database postgres set default_transaction_read_only = on',
    `alter database postgres set datestyle = 'SQL, DMY'`,
  )
  const [row] = await asUs<{ at: Date }>('select clock_timestamp() as at from pg_sleep(0.1)')
  expect(Math.abs(Date.now() - (row?.at.getTime() ?? 0))).toBeLessThan(60_000)
  await asUs(`comment on role app is 'written'`)
})

test('where WAL goes is found in ALTER SYSTEM, and taken back', async () => {
  await asUs('alter database postgres reset all')
  await rig.query(member, `alter system set archive_command = '/bin/true'`)
  await rig.query(member, `alter system set work_mem = '8MB'`)
  expect(await asUs(STRAY_ARCHIVING)).toEqual([{ name: 'archive_command' }])
  await asUs(takeBack('archive_command'))
  await asUs(RELOAD)
  expect(await asUs(STRAY_ARCHIVING)).toEqual([])
  expect(await asUs('show work_mem')).toEqual([{ work_mem: '8MB' }])
})
