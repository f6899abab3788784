import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { createSharedWork } from './shared-work.ts'

/** Work that ends when told, and counts how often it began. */
function controlled() {
  const gate = Promise.withResolvers<string>()
  const seen = { starts: 0, aborted: undefined as unknown }
  const work = ({ signal, report }: { signal: AbortSignal; report: (line: string) => void }) => {
    seen.starts += 1
    signal.addEventListener('abort', () => {
      seen.aborted = signal.reason
      gate.reject(new AppError('OPERATION_CANCELLED', 'stopped'))
    })
    report('begun')
    return gate.promise
  }
  return { gate, seen, work }
}

test('callers of one key at one time share the work; another key has its own', async () => {
  const share = createSharedWork<string>()
  const { gate, seen, work } = controlled()
  const all = Promise.all([share('a', {}, work), share('a', {}, work), share('b', {}, work)])
  gate.resolve('done')
  expect(await all).toEqual(['done', 'done', 'done'])
  expect(seen.starts).toBe(2)
})

test('work that has ended is done again for the next caller, also after a failure', async () => {
  const share = createSharedWork<string>()
  await expect(share('a', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await share('a', {}, () => Promise.resolve('yes'))).toBe('yes')
})

test('a caller that aborts leaves at once and the others get the result', async () => {
  const share = createSharedWork<string>()
  const { gate, seen, work } = controlled()
  const stop = new AbortController()
  const first = share('a', { signal: stop.signal }, work)
  const second = share('a', {}, work)
  stop.abort()
  await expect(first).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  gate.resolve('done')
  expect(await second).toBe('done')
  expect(seen.aborted).toBeUndefined()
})

test('when the last caller aborts, the work is aborted for its reason and its end awaited', async () => {
  const share = createSharedWork<string>()
  const { seen, work } = controlled()
  const stop = new AbortController()
  const only = share('a', { signal: stop.signal }, work)
  const reason = new AppError('INTERRUPTED', 'Ctrl-C')
  stop.abort(reason)
  await expect(only).rejects.toThrow('stopped')
  expect(seen.aborted).toBe(reason)
})

test('a caller that comes while work is being aborted gets work of its own', async () => {
  const share = createSharedWork<string>()
  const { work } = controlled()
  const stop = new AbortController()
  const first = share('a', { signal: stop.signal }, work)
  stop.abort()
  const second = share('a', {}, () => Promise.resolve('fresh'))
  await expect(first).rejects.toThrow('stopped')
  expect(await second).toBe('fresh')
})

test('who has aborted before starts nothing', async () => {
  const { seen, work } = controlled()
  const signal = AbortSignal.abort()
  const outcome = createSharedWork<string>()('a', { signal }, work)
  await expect(outcome).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
  expect(seen.starts).toBe(0)
})

test('progress is heard by everyone who waits', async () => {
  const share = createSharedWork<string>()
  const gate = Promise.withResolvers<void>()
  const heard: string[] = []
  const work = async ({ report }: { report: (line: string) => void }) => {
    await gate.promise
    report('half')
    return 'done'
  }
  const first = share('a', { onProgress: (line) => heard.push(`1 ${line}`) }, work)
  const second = share('a', { onProgress: (line) => heard.push(`2 ${line}`) }, work)
  gate.resolve()
  await Promise.all([first, second])
  expect(heard).toEqual(['1 half', '2 half'])
})
