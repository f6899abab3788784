import { execFileSync } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MemberDocument, MemberProgress } from '../../src/contract/documents/member.ts'
import { copyRunning } from '../../src/drivers/local/copy-running.ts'
import { ensureDirectory, exists } from '../../src/system/files.ts'
import { argsOf } from '../../src/system/process-table.ts'
import { type AgentRig, openAgentRig } from '../support/agent-rig.ts'
import { until } from '../support/lab/until.ts'

const watch = { signal: new AbortController().signal, report: () => undefined }

/** A running server that archives to a folder, a base copy of it, and rows that are in the WAL after that alone. */
async function archived(rig: AgentRig) {
  const wal = join(rig.root, 'wal')
  await ensureDirectory(wal, { mode: 0o700, owner: rig.account })
  const { doc } = rig.member('db')
  const archiving = { archive_mode: 'on', archive_command: `cp %p ${wal}/%f` }
  const original = await rig.want({ ...doc, enforced: { ...doc.enforced, ...archiving } })
  await rig.untilState(original, 'ready')
  await rig.query(original, 'create table kept as select 1 as n')
  const base = join(rig.root, 'base')
  await copyRunning(original, base, rig.account, watch)
  const segments: string[] = []
  for (let n = 2; n <= 5; n++) {
    await rig.query(original, `insert into kept values (${n})`)
    const [row] = await rig.query<{ name: string }>(
      original,
      'select pg_walfile_name(pg_switch_wal()) as name',
    )
    segments.push(row?.name ?? '')
  }
  await until('the last segment', async () => (await readdir(wal)).includes(segments[3] ?? ''))
  return { wal, base, segments }
}

const restored = (rig: AgentRig, base: string, recovery: Record<string, string>) =>
  rig.member('copy', {
    source: { kind: 'copy', directory: base, durable: true, recover: true },
    recovery: { hot_standby: 'off', recovery_target_action: 'promote', ...recovery },
  }).doc

const dataOf = (doc: MemberDocument): string => join(doc.directory, 'data')

test('a copy that is to recover replays the archive, tells how far it is, and is ready only when promoted', async () => {
  await using rig = await openAgentRig()
  const { wal, base, segments } = await archived(rig)
  const seen: MemberProgress[] = []
  // Slow enough to be seen.
  const doc = restored(rig, base, { restore_command: `sleep 0.7; cp ${wal}/%f %p` })
  await rig.want(doc)
  await until('ready', async () => {
    const status = await rig.statusOf(doc)
    if (status?.progress) seen.push(status.progress)
    return status?.state === 'ready'
  })
  expect(await rig.query(doc, 'select count(*)::int as n from kept')).toEqual([{ n: 5 }])
  expect(await exists(join(dataOf(doc), 'recovery.signal'))).toBe(false)
  const replayed = seen.filter((p) => p.stage === 'replaying').map((p) => p.segment)
  expect(replayed.length).toBeGreaterThan(0)
  expect(segments).toEqual(expect.arrayContaining([replayed.at(-1)]))
  const status = await rig.statusOf(doc)
  expect(status?.progress).toBe(undefined)
  expect(argsOf(status?.pid ?? 0).join(' ')).toContain('restore_command')

  await rig.want({ ...doc, initialised: true, restartGeneration: 2 })
  const again = await until('a restart', async () => {
    const now = await rig.statusOf(doc)
    return now?.state === 'ready' && now.restartGeneration === 2 && now
  })
  expect(argsOf(again.pid ?? 0).join(' ')).not.toContain('restore_command')
})

test.each([
  [
    'a target that is not in the WAL',
    (wal: string) => `cp ${wal}/%f %p`,
    { recovery_target_name: 'nowhere' },
  ],
  ['WAL that is damaged in the middle', () => 'exit 255', {}],
])('%s ends a restore once, with the server’s own words', async (_, command, target) => {
  await using rig = await openAgentRig()
  const { wal, base } = await archived(rig)
  const doc = restored(rig, base, { restore_command: command(wal), ...target })
  await rig.want(doc)
  const failed = await rig.untilState(doc, 'failed')
  expect(failed.error).toMatchObject({ code: 'SERVER_START_FAILED' })
  expect(JSON.stringify(failed.error?.details)).toContain('FATAL')
  expect(failed.failures).toBe(1)
  expect(rig.events.filter((e) => e.kind === 'instance-failed')).toHaveLength(1)

  // What a person mended, and asked for again, is tried again.
  await rig.want({ ...doc, recovery: { hot_standby: 'off', restore_command: `cp ${wal}/%f %p` } })
  await rig.untilState(doc, 'ready')
  expect(await rig.query(doc, 'select count(*)::int as n from kept')).toEqual([{ n: 5 }])
})

test('data that was made for a member moves to its place', async () => {
  await using rig = await openAgentRig()
  const { base } = await archived(rig)
  const { doc } = rig.member('branch', { source: { kind: 'move', directory: base } })
  await rig.want(doc)
  await rig.untilState(doc, 'ready')
  expect(await rig.query(doc, 'select n from kept')).toEqual([{ n: 1 }])
  expect(await exists(base)).toBe(false)
})

test('data that was to move and is gone is told, and nothing is made in its place', async () => {
  await using rig = await openAgentRig()
  const { doc } = rig.member('branch', {
    source: { kind: 'move', directory: join(rig.root, 'none') },
  })
  await rig.want(doc)
  const status = await until('a failure', async () => {
    const now = await rig.statusOf(doc)
    return now?.error && now
  })
  expect(status.error?.code).toBe('DATA_DIRECTORY_MISSING')
  expect(await exists(dataOf(doc))).toBe(false)
})

test('a server in the background has the lowest priority for processor and disk', async () => {
  await using rig = await openAgentRig()
  const { doc } = rig.member('drill', { priority: 'background' })
  await mkdir(doc.directory)
  await rig.want(doc)
  const { pid = 0 } = await rig.untilState(doc, 'ready')
  expect(getPriority(pid)).toBe(19)
  expect(execFileSync('ionice', ['-p', String(pid)], { encoding: 'utf8' })).toContain('idle')
  expect(argsOf(pid)[0]).toMatch(/postgres$/)
})
