import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Write } from '../store/store.ts'
import { forever, openRig, procedureOf } from './rig.suite.ts'
import { work } from './worker.ts'

afterEach(() => vi.useRealTimers())

/** What leases are measured by; all else goes on as ever. */
const leaseTimers = [
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
  'performance',
] as const

test('an operation of a kind that no procedure has fails, and frees its subjects', async () => {
  const rig = await openRig()
  const { id } = await rig.enqueue(procedureOf(async () => {}, 'of-a-later-version'))
  rig.startWorker([])
  const operation = await rig.ended(id)
  expect(operation).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
  expect(operation.error?.message).toContain('of-a-later-version')
  expect(await rig.store.list('locks/')).toEqual([])
})

test('an input that is not as the procedure wants it fails the operation and nothing else', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async () => 'fine')
  const wrong = await rig.enqueue(
    procedureOf(async () => {}, 'test'),
    { subjects: ['shop/other'] },
  )
  const { operations } = rig.docs
  const stored = (await operations.get(wrong.id))!.value
  await rig.store.write([operations.put([wrong.id], { ...stored, input: { subjects: 7 } })])
  const right = await rig.enqueue(procedure)
  const worker = rig.startWorker([procedure])
  expect((await rig.ended(wrong.id)).state).toBe('failed')
  expect((await rig.ended(right.id)).state).toBe('done')
  expect(worker.errors).toEqual([])
})

test('claims and locks are gone when an operation has ended, however it ended', async () => {
  const rig = await openRig()
  const fails = procedureOf(async () => Promise.reject(new Error('no')), 'fails')
  const works = procedureOf(async () => 1, 'works')
  const worker = rig.startWorker([fails, works])
  const one = await rig.enqueue(fails, { subjects: ['shop', 'shop/a'] })
  const other = await rig.enqueue(works, { subjects: ['shop/b'] })
  await rig.ended(one.id)
  await rig.ended(other.id)
  expect(await rig.store.list('locks/')).toEqual([])
  await worker.end()
  expect(await rig.store.list('claims/')).toEqual([])
})

test('two workers on one store never run the same operation', async () => {
  const rig = await openRig()
  const runs = new Map<string, number>()
  const procedure = procedureOf(async ({ step, id }) => {
    runs.set(id, (runs.get(id) ?? 0) + 1)
    await step('one', async () => {})
    await step('two', async () => {})
  })
  rig.startWorker([procedure])
  rig.startWorker([procedure])
  const ids: string[] = []
  for (let n = 0; n < 20; n++) {
    ids.push((await rig.enqueue(procedure, { subjects: [`shop/${n}`] })).id)
  }
  const operations = await Promise.all(ids.map((id) => rig.ended(id)))
  expect(new Set(operations.map((o) => o.state))).toEqual(new Set(['done']))
  expect([...runs.values()]).toEqual(Array(20).fill(1))
})

test('a worker whose lease ran out, as in a sleeping laptop, takes a new one and goes on', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const rig = await openRig()
  const attempts: number[] = []
  const procedure = procedureOf(async ({ step }) => {
    await step('long', async ({ attempt, signal }) => {
      attempts.push(attempt)
      if (attempt === 1) await forever(signal)
    })
  })
  const granted: string[] = []
  const grant = rig.store.grantLease.bind(rig.store)
  rig.store.grantLease = async (ttlMs) => {
    const lease = await grant(ttlMs)
    granted.push(lease)
    return lease
  }
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  await rig.until(id, (o) => o.steps[0]?.state === 'running')
  await rig.store.revokeLease(granted[0]!)
  await vi.advanceTimersByTimeAsync(5000)
  expect((await rig.ended(id)).state).toBe('done')
  expect(attempts).toEqual([1, 2])
  const later = await rig.enqueue(procedure)
  await rig.until(later.id, (o) => o.steps[0]?.state === 'running')
})

test('a store that does not answer for a while ends neither the worker nor an operation', async () => {
  vi.useFakeTimers({ toFake: [...leaseTimers] })
  const rig = await openRig()
  const { store } = rig
  const attempts: number[] = []
  const procedure = procedureOf(async ({ step }) => {
    await step('long', async ({ attempt, signal }) => {
      attempts.push(attempt)
      if (attempt === 1) await forever(signal)
    })
  })
  const worker = rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  await rig.until(id, (o) => o.steps[0]?.state === 'running')
  const refused = (['grantLease', 'renewLease', 'revokeLease'] as const).map((call) =>
    vi.spyOn(store, call).mockRejectedValue(new AppError('DISK_FULL', 'no room')),
  )
  await vi.advanceTimersByTimeAsync(12_000)
  // The renewals, the giving back, and at least one new lease have failed.
  await expect.poll(() => worker.errors.length).toBeGreaterThanOrEqual(3)
  for (const call of refused) call.mockRestore()
  // The lease that could not be given back runs out.
  for (const { value } of await store.list('claims/')) {
    await store.revokeLease((value as { lease: string }).lease)
  }
  expect((await rig.ended(id)).state).toBe('done')
  expect(attempts).toEqual([1, 2])
  expect(new Set(worker.errors.map((e) => (e as AppError).code))).toEqual(new Set(['DISK_FULL']))
})

test.each([
  ['its claim', (w: Write) => w.key.startsWith('claims/')],
  ['its end', (w: Write) => w.kind === 'put' && hasEnded(w.value)],
  [
    'its end and the return of its claim',
    (w: Write) => (w.kind === 'put' ? hasEnded(w.value) : w.key.startsWith('claims/')),
  ],
])('an operation is entered again when %s could not be written', async (_, fails) => {
  const rig = await openRig()
  const { store } = rig
  let runs = 0
  const procedure = procedureOf(async ({ step }) => step('once', async () => ++runs))
  const write = store.write.bind(store)
  let failures = 0
  store.write = async (writes) => {
    if (failures < 2 && writes.some(fails)) {
      failures++
      throw new AppError('DISK_FULL', 'no room')
    }
    return write(writes)
  }
  const worker = rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  expect(await rig.ended(id)).toMatchObject({ state: 'done', output: 1 })
  await worker.end()
  expect(failures).toBe(2)
  expect(worker.errors).not.toEqual([])
  expect(await store.list('locks/')).toEqual([])
})

test('operations that cannot be read end the worker, for no later try would change that', async () => {
  const rig = await openRig()
  await rig.store.write([{ kind: 'put', key: 'operations/1', value: { of: 'another form' } }])
  const stop = new AbortController()
  const onError = (): void => {}
  const options = { store: rig.store, procedures: [], dependencies: {}, onError }
  await expect(work(options, stop.signal)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
})

test('a worker that was killed in any step leaves nothing but what the next one finishes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-operations-'))
  const worker = (steps: number): string => `
    import { appendFileSync } from 'node:fs'
    import { documents } from ${module('../store/documents.ts')}
    import { openSqliteStore } from ${module('../store/sqlite/sqlite-store.ts')}
    import { enqueue } from ${module('./enqueue.ts')}
    import { procedureOf, forever } from ${module('./steps.suite.ts')}
    import { work } from ${module('./worker.ts')}
    const store = openSqliteStore(${JSON.stringify(join(folder, 'state.db'))})
    const docs = documents(store)
    const procedure = procedureOf(async ({ step }) => {
      let sum = 0
      for (let n = 1; n <= 4; n++) {
        sum += await step('step ' + n, async ({ signal }) => {
          appendFileSync(${JSON.stringify(join(folder, 'ran'))}, n + '\\n')
          // Killed here: begun, done in the world, and not yet known to be done.
          if (n === ${steps}) process.kill(process.pid, 'SIGKILL')
          return n
        })
      }
      return { sum }
    })
    if ((await docs.operations.list()).length === 0) {
      await enqueue({ store, documents: docs, host: undefined }, procedure, {})
    }
    const stop = new AbortController()
    const changes = store.watch('operations/', stop.signal)
    const working = work({ store, procedures: [procedure], dependencies: {}, onError: console.error }, stop.signal)
    for await (const { entry } of changes) if (entry.value.finishedAt) break
    stop.abort()
    await working
    await store.close()`
  for (const killedIn of [1, 2, 3, 4, 5]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', worker(killedIn)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect([code, signal]).toEqual(killedIn === 5 ? [0, null] : [null, 'SIGKILL'])
  }
  const store = openSqliteStore(join(folder, 'state.db'))
  const [operation] = await documents(store).operations.list()
  expect(operation?.value).toMatchObject({ state: 'done', output: { sum: 10 } })
  expect(operation?.value.steps.map((s) => s.attempt)).toEqual([2, 2, 2, 2])
  expect(await store.list('locks/')).toEqual([])
  await store.close()
  // Each step ran in the life that was killed in it and once more in the next, and never again.
  const ran = (await readFile(join(folder, 'ran'), 'utf8')).trim().split('\n')
  expect(ran).toEqual(['1', '1', '2', '2', '3', '3', '4', '4'])
  await rm(folder, { recursive: true })
})

/** A module of this folder, for a script of another process. */
const module = (path: string): string => JSON.stringify(join(import.meta.dirname, path))

const hasEnded = (document: unknown): boolean =>
  (document as { finishedAt?: string }).finishedAt !== undefined

test('a worker of a host takes over at once what an earlier life of its own had claimed, and nothing that another host has', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async () => {})
  const own = await rig.enqueue(procedure, {}, 'a')
  const others = { id: 'of-another', host: 'b' }
  const lease = await rig.store.grantLease(3_600_000)
  for (const { id, host } of [own, others]) {
    const key = `claims/${id}`
    await rig.store.write([{ kind: 'put', key, value: { lease, host }, ifRevision: 0, lease }])
  }
  rig.startWorker([procedure], { host: 'a' })
  expect(await rig.ended(own.id)).toMatchObject({ state: 'done' })
  expect(await rig.store.get(`claims/${others.id}`)).toMatchObject({ value: { host: 'b' } })
})
