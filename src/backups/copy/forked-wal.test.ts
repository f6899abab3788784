import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { segmentName } from '../../core/wal/segment-name.ts'
import { WalWriter } from '../../core/wal/wal-writer.suite.ts'
import { createForkJudge, isInFork, type KnownWal } from './forked-wal.ts'
import { Unfit } from './segment-reader.ts'

const segmentBytes = 2 ** 20
const name = (number: number, timeline = 1): string =>
  segmentName(timeline, BigInt(number * segmentBytes), segmentBytes)

/** A whole segment with this transaction. */
function segment(number: number, xid: number): Buffer {
  const writer = new WalWriter({ startLsn: BigInt(number * segmentBytes) })
  writer.commit('2026-01-02T03:04:05.000Z', xid)
  writer.switch()
  return Buffer.from([...writer.segments().values()][0] ?? [])
}

/** A judge beside a server with these files of its own. */
async function judge(
  files: Record<string, Buffer | string>,
  known: Partial<KnownWal> = {},
  forks: string[] = [],
) {
  const own = await mkdtemp(join(tmpdir(), 'howdah-fork-'))
  onTestFinished(() => rm(own, { recursive: true }))
  for (const [file, content] of Object.entries(files)) await writeFile(join(own, file), content)
  return createForkJudge({ segmentBytes, systemIdentifier: undefined, own, ...known }, forks)
}

const whereOf = (judged: Promise<unknown>): Promise<unknown> =>
  judged.then(
    (found) => (found instanceof Unfit ? found.where : undefined),
    (error: Unfit) => error.where,
  )

test('another content that the server itself has, or has removed since, is its other history', async () => {
  const mine = segment(3, 7)
  expect(await whereOf((await judge({ [name(3)]: mine })).collision(name(3), mine))).toBe('forked')
  expect(await whereOf((await judge({})).collision(name(3), mine))).toBe('forked')
})

test('another content that the server does not have came from elsewhere', async () => {
  const judged = await judge({ [name(3)]: segment(3, 8) })
  expect(await whereOf(judged.collision(name(3), segment(3, 7)))).toBe('different')
})

test('a damaged content is no history', async () => {
  const damaged = segment(3, 7)
  damaged.writeUInt8(damaged.readUInt8(60) ^ 1, 60)
  const judged = await judge({ [name(3)]: damaged })
  expect(await whereOf(judged.collision(name(3), damaged))).toBe('different')
})

test('WAL of another server is no fork', async () => {
  const mine = segment(3, 7)
  const judged = await judge({ [name(3)]: mine }, { systemIdentifier: '7000' })
  expect(await whereOf(judged.collision(name(3), mine))).toBe('different')
})

test('from a fork on nothing new is taken in, and what comes before it is', async () => {
  const judged = await judge({}, {}, [name(5)])
  expect(await whereOf(judged.expectPlace(name(4), segment(4, 7)))).toBe(undefined)
  for (const later of [name(5), name(6), name(1, 2), '00000002.history', `${name(6)}.partial`]) {
    expect(await whereOf(judged.expectPlace(later, Buffer.alloc(0)))).toBe('forked')
  }
  judged.begin(name(4))
  expect(await whereOf(judged.expectPlace(name(4), segment(4, 7)))).toBe('forked')
})

test('a timeline that branched off is no fork', async () => {
  const judged = await judge({})
  judged.kept(name(3), '0/300028')
  expect(
    await whereOf(judged.expectPlace('00000002.history', Buffer.from('1\t0/300100\tx\n'))),
  ).toBe(undefined)
  expect(await whereOf(judged.expectPlace(name(4, 2), segment(4, 7)))).toBe(undefined)
  expect(await whereOf(judged.expectGoesOn(name(4, 2), segment(4, 7), '0/FFF'))).toBe(undefined)
  expect(isInFork(name(4, 2), [])).toBe(false)
})

test('a segment from long before the archive begins is of a server that went back, and one just before it is late', async () => {
  const old = segment(3, 7)
  const judged = await judge({ [name(3)]: old }, { oldest: [name(9), name(1, 2)] })
  expect(await whereOf(judged.expectPlace(name(3), old))).toBe('forked')
  expect(await whereOf(judged.expectPlace(name(8), segment(8, 7)))).toBe(undefined)
  expect(await whereOf(judged.expectPlace(name(10), segment(10, 7)))).toBe(undefined)
})

test('a segment goes on where the one before ends, or it is of another history', async () => {
  const next = segment(4, 7)
  const lastRecords = { [name(3)]: '0/300028' }
  const judged = await judge({ [name(4)]: next }, { lastRecords })
  expect(await whereOf(judged.expectGoesOn(name(4), next, '0/300028'))).toBe(undefined)
  expect(await whereOf(judged.expectGoesOn(name(4), next, undefined))).toBe(undefined)
  expect(await whereOf(judged.expectGoesOn(name(4), next, '0/300060'))).toBe('forked')
  expect(await whereOf(judged.expectGoesOn(name(5), next, '0/300060'))).toBe(undefined)
  const stranger = await judge({ [name(4)]: segment(4, 8) }, { lastRecords })
  expect(await whereOf(stranger.expectGoesOn(name(4), next, '0/300060'))).toBe('different')
})

test('what cannot be read with the one before is a fork when it is whole by itself and the server’s', async () => {
  const next = segment(4, 7)
  const error = new Unfit('damaged', 'its first record is torn')
  const mine = await judge({ [name(4)]: next })
  expect((await mine.unreadable(name(4), next, error)).where).toBe('forked')
  expect((await (await judge({})).unreadable(name(4), next, error)).where).toBe('damaged')
})
