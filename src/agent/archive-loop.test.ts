import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fakeBackupEngine, fakeRepositories } from '../backups/fake/fake-backup-engine.ts'
import type { Archive } from '../contract/backup.ts'
import { instance, lineageDocument, member } from '../core/plan/documents.suite.ts'
import { AppError } from '../errors/app-error.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { ArchiveLoop } from './archive-loop.ts'
import type { AgentEvent } from './environment.ts'

const lineage = lineageDocument()
const pace = {
  settledMs: 1,
  busyMs: 5,
  calmMs: 5,
  writtenMs: 60_000,
  waitingMs: 5,
  fillingMs: 5,
  lastMs: 100,
  answerMs: 40,
  failingMs: 20,
}
const since = '2026-01-02T03:04:05.000Z'

const empty: Archive = {
  lineage: lineage.id,
  ranges: [],
  segments: 0,
  storedBytes: 0,
  backlog: { segments: 0, bytes: 0 },
  problems: [],
  checkedAt: since,
}

/** A loop over an engine that answers what `answer` gives. */
async function running(answer: (asked: number) => Promise<Archive>, changes = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'howdah-archive-'))
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  await mkdir(join(directory, 'data', 'pg_wal', 'archive_status'), { recursive: true })
  await store.write([
    docs.instances.put(['shop', 'db'], { ...instance, lineage: lineage.id }),
    docs.members.put(['shop', 'db', '0'], member({ directory })),
    docs.lineages.put([lineage.id], lineage),
  ])
  const events: AgentEvent[] = []
  let asked = 0
  const engine = {
    ...fakeBackupEngine(fakeRepositories()),
    archive: () => answer(++asked),
  }
  const env = {
    store,
    documents: docs,
    host: undefined,
    backups: { of: () => engine, choose: () => engine },
    account: undefined,
    authority: { certPem: '', keyPem: '' },
    event: (event: AgentEvent) => void events.push(event),
    log: () => {},
  }
  const stop = new AbortController()
  const loop = new ArchiveLoop(lineage.id, ['shop', 'db'], env, { ...pace, ...changes })
  const ended = loop.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await ended
    await store.close()
    await rm(directory, { recursive: true })
  })
  return {
    directory,
    events,
    asked: () => asked,
    document: async () => (await docs.archives.get(lineage.id))?.value,
  }
}

test('what the archive has is in its document, which is written anew only when something changed', async () => {
  let segments = 0
  const { document, asked } = await running(async () => ({
    ...empty,
    segments,
    checkedAt: new Date().toISOString(),
  }))
  await expect.poll(document).toMatchObject({ segments: 0 })
  const first = await document()
  const before = asked()
  await expect.poll(asked).toBeGreaterThan(before + 3)
  expect(await document()).toEqual(first)
  segments = 1
  await expect.poll(document).toMatchObject({ segments: 1 })
})

test('without a change the document is written again after its time, so that it shows who looks', async () => {
  const answer = async (): Promise<Archive> => ({ ...empty, checkedAt: new Date().toISOString() })
  const { document } = await running(answer, { writtenMs: 30 })
  await expect.poll(document).toBeDefined()
  const first = await document()
  await expect.poll(document).not.toEqual(first)
})

test('a problem is told once, and once more when it is over', async () => {
  let problems: Archive['problems'] = []
  const { events, asked } = await running(async () => ({ ...empty, problems }))
  const kinds = (): string[] => events.map((e) => `${e.severity} ${e.kind} ${e.subject}`)
  await expect.poll(asked).toBeGreaterThan(2)
  expect(kinds()).toEqual([])
  problems = [{ kind: 'lost', segment: 'A', sentence: 'A is not there', since }]
  await expect.poll(kinds).toEqual(['error archive-lost shop/db'])
  const before = asked()
  await expect.poll(asked).toBeGreaterThan(before + 3)
  expect(kinds()).toHaveLength(1)
  problems = []
  await expect.poll(kinds).toEqual(['error archive-lost shop/db', 'info archive-mended shop/db'])
})

test('an archive that hangs is unreachable, asked nothing more until it answers, and mended then', async () => {
  let answer: (archive: Archive) => void = () => {}
  const { events, asked, document } = await running((n) =>
    n === 2 ? new Promise<Archive>((resolve) => (answer = resolve)) : Promise.resolve(empty),
  )
  const kinds = (): string[] => events.map((e) => e.kind)
  await expect.poll(kinds).toEqual(['archive-unreachable'])
  expect((await document())?.problems[0]?.kind).toBe('unreachable')
  expect(asked()).toBe(2)
  answer(empty)
  await expect.poll(kinds).toEqual(['archive-unreachable', 'archive-mended'])
  expect((await document())?.problems).toEqual([])
})

test('a failure of a moment is nobody’s concern, and one that lasts is', async () => {
  const failure = new AppError('REPOSITORY_UNREACHABLE', 'no route to the repository')
  let fails = false
  const { events, asked, document } = await running(
    (n) => (n === 2 || fails ? Promise.reject(failure) : Promise.resolve(empty)),
    { failingMs: 100 },
  )
  await expect.poll(asked).toBeGreaterThan(4)
  expect(events).toEqual([])
  fails = true
  await expect
    .poll(() => events.map((e) => e.message))
    .toEqual(['shop/db: the archive cannot be reached: no route to the repository'])
  expect(await document()).toMatchObject({ lineage: lineage.id, segments: 0 })
})

test('a calm archive is asked at once when its server has a new segment', async () => {
  const { directory, asked } = await running(async () => empty, { calmMs: 600_000 })
  await expect.poll(asked).toBe(1)
  await writeFile(join(directory, 'data/pg_wal/archive_status/000000010000000000000001.ready'), '')
  await expect.poll(asked).toBe(2)
})
