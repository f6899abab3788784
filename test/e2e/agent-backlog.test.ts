import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ArchiveLoop } from '../../src/agent/archive-loop.ts'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { InstanceDocument } from '../../src/contract/documents/instance.ts'
import type { MemberDocument } from '../../src/contract/documents/member.ts'
import { lineageDocument } from '../../src/core/plan/documents.suite.ts'
import { memberFiles, placeOf } from '../../src/core/plan/member-document.ts'
import { ensureDirectory, exists, readText } from '../../src/system/files.ts'
import { namesIn } from '../../src/system/entries.ts'
import { readArchiveStatus } from '../../src/system/tools/archive-status.ts'
import { type AgentRig, openAgentRig } from '../support/agent-rig.ts'
import { until } from '../support/lab/until.ts'

const MIB = 1024 * 1024
const lineage = lineageDocument()
const pace = {
  settledMs: 50,
  busyMs: 200,
  calmMs: 200,
  writtenMs: 60_000,
  answerMs: 5000,
  failingMs: 5000,
  waitingMs: 100,
  fillingMs: 100,
  lastMs: 100,
}

/** A running server that archives by `command` into the folder `incoming`, and the loop that looks after its lineage. */
async function archiving(rig: AgentRig, command: (incoming: string) => string) {
  const incoming = join(rig.root, 'incoming')
  await ensureDirectory(incoming, { mode: 0o700, owner: rig.account })
  const made = rig.member('db')
  const backups = { ...defaultBackupPolicy, backlogBytes: 70 * MIB }
  const instance: InstanceDocument = { ...made.instance, lineage: lineage.id, backups }
  const files = memberFiles(instance, placeOf(made.doc), rig.accounts, 'clients', {
    archive_library: '',
    archive_command: command(incoming),
  })
  const enforced = { ...made.doc.enforced, archive_mode: 'on' }
  const doc = await rig.want({ ...made.doc, files, enforced })
  await rig.untilState(doc, 'ready')
  await rig.query(doc, 'create table kept (n int)')
  await rig.stopAgent()
  await rig.store.write([
    rig.docs.instances.put(['shop', 'db'], instance),
    rig.docs.lineages.put([lineage.id], { ...lineage, instanceId: instance.id }),
  ])
  const stop = new AbortController()
  const ended = new ArchiveLoop(lineage.id, ['shop', 'db'], rig.env, pace).run(stop.signal)
  const waiting = async () => (await readArchiveStatus(join(doc.directory, 'data'))).waiting
  return {
    incoming,
    doc,
    waiting,
    waitingNames: async () => (await waiting()).map(({ name }) => name),
    conf: () => readText(join(doc.directory, 'data', 'archiving.conf')),
    problems: async () => (await rig.docs.archives.get(lineage.id))?.value.problems ?? [],
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
      rig.startAgent()
    },
  }
}

/** Finishes WAL files, each with a row in it; gives their names. */
async function write(rig: AgentRig, doc: MemberDocument, segments: number): Promise<string[]> {
  const names: string[] = []
  for (let n = 0; n < segments; n++) {
    await rig.query(doc, 'insert into kept values (1)')
    const sql = 'select pg_walfile_name(pg_switch_wal()) as name'
    const [row] = await rig.query<{ name: string }>(doc, sql)
    names.push(row?.name ?? '')
  }
  return names
}

const copyTo = (incoming: string): string => `cp %p ${incoming}/%f`

test('WAL that cannot be archived is given up by name, told before, and archiving goes on after it', async () => {
  await using rig = await openAgentRig()
  await using server = await archiving(rig, copyTo)
  const { doc, incoming, waitingNames, problems } = server
  const kept = await write(rig, doc, 2)
  await until('the first files', async () => (await namesIn(incoming)).length >= 2)
  const conf = await server.conf()

  await chown(incoming, 0, 0)
  await chmod(incoming, 0o500)
  // Less than the policy's bytes waits for as long as it takes.
  const first = await write(rig, doc, 3)
  await until('files that wait', async () => (await waitingNames()).length >= 3)
  await delay(20 * pace.fillingMs)
  const errors = () => rig.events.filter((e) => e.severity === 'error').map((e) => e.kind)
  // More than half of them is told.
  expect(errors()).toEqual(['archive-late'])
  expect(await waitingNames()).toEqual(expect.arrayContaining(first))

  const more = await write(rig, doc, 2)
  const [problem] = await until('a gap', async () => {
    const found = (await problems()).filter((p) => p.kind === 'given-up')
    return found.length > 0 && found
  })
  expect(problem?.segment).toBe(first[0])
  expect(problem?.last).toBe(more[1])
  expect(rig.events.filter((e) => e.kind === 'archive-given-up')).toHaveLength(1)
  await until('nothing that waits', async () => (await waitingNames()).length === 0)
  await until('the list’s end', async () => !(await exists(join(doc.directory, 'given-up.names'))))
  await until('its own way to archive', async () => (await server.conf()) === conf)

  // Nothing that came later was given up with it.
  const later = await write(rig, doc, 2)
  await until('the later ones wait', async () => (await waitingNames()).length >= 2)
  await chown(
    incoming,
    rig.account?.uid ?? process.getuid!(),
    rig.account?.gid ?? process.getgid!(),
  )
  await chmod(incoming, 0o700)
  await until('they are archived', async () => {
    const names = await namesIn(incoming)
    return later.every((name) => names.includes(name))
  })
  const archived = await namesIn(incoming)
  expect(archived).toEqual(expect.arrayContaining([...kept, ...later]))
  for (const name of [...first, ...more]) expect(archived).not.toContain(name)
  expect((await problems()).map((p) => p.kind)).toEqual(['given-up'])
})

test('a command that hangs for ever is ended when its WAL is given up', async () => {
  await using rig = await openAgentRig()
  await using server = await archiving(rig, (incoming) => `touch ${incoming}/called; sleep 3600`)
  const { doc, waitingNames, problems } = server
  const names = await write(rig, doc, 5)
  await until('a gap', async () => (await problems()).some((p) => p.kind === 'given-up'))
  await until('that they are gone', async () => {
    const left = await waitingNames()
    return !names.some((name) => left.includes(name))
  })
  await until('the list’s end', async () => !(await exists(join(doc.directory, 'given-up.names'))))
})

test('a writer that archiving does not keep up with passes no bound either', async () => {
  await using rig = await openAgentRig()
  await using server = await archiving(rig, (incoming) => `sleep 2; ${copyTo(incoming)}`)
  const { doc, incoming, waiting, problems } = server
  await write(rig, doc, 1)
  await until('archiving that gets on', async () => (await namesIn(incoming)).length > 0)
  const [problem] = await until('a gap', async () => {
    await write(rig, doc, 1)
    const found = (await problems()).filter((p) => p.kind === 'given-up')
    return found.length > 0 && found
  })
  expect(problem?.sentence).toContain('archiving does not keep up with what is written')
  await until('what was given up to be gone', async () => {
    const names = (await waiting()).map(({ name }) => name)
    return !names.some((name) => name >= problem!.segment! && name <= problem!.last!)
  })
  // Not all of it was lost: what comes after is archived again.
  await until('the list’s end', async () => !(await exists(join(doc.directory, 'given-up.names'))))
  const [later] = await write(rig, doc, 1)
  await until('the next file', async () => (await namesIn(incoming)).includes(later ?? ''))
})
