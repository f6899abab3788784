import { expect, test } from 'vitest'
import { echoOnThread } from './thread-fixture.suite.ts'

test('work runs on another thread, and its notes and result come back', async () => {
  const notes: string[] = []
  const { thread, answer } = await echoOnThread(
    { text: 'hello', end: 'answer' },
    { onNote: (note) => notes.push(note) },
  )
  expect(answer).toBe('hello')
  expect(thread).toBeGreaterThan(0)
  expect(notes).toEqual(['begun', 'ending'])
})

test('an error of ours arrives as one, with its details, and any other with its message', async () => {
  await expect(echoOnThread({ text: '/x', end: 'disk-full' })).rejects.toMatchObject({
    name: 'AppError',
    code: 'DISK_FULL',
    details: { path: '/x' },
  })
  await expect(echoOnThread({ text: 'odd', end: 'throw' })).rejects.toMatchObject({
    name: 'TypeError',
    message: 'odd',
  })
})

test('an abort ends the work and gives the signal’s reason', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const asked = echoOnThread(
    { text: '', end: 'wait' },
    { signal: stop.signal, onNote: (note) => note === 'begun' && stop.abort(reason) },
  )
  await expect(asked).rejects.toBe(reason)
  await expect(echoOnThread({ text: '', end: 'answer' }, { signal: stop.signal })).rejects.toBe(
    reason,
  )
})

test('a thread that ends without an answer is an error', async () => {
  await expect(echoOnThread({ text: '', end: 'exit' })).rejects.toMatchObject({ code: 'INTERNAL' })
})

test.runIf(process.platform === 'linux')('work in the background steps back, alone', async () => {
  const { priority } = await echoOnThread({ text: '', end: 'answer' }, { background: true })
  expect(priority).toBe(19)
  expect((await echoOnThread({ text: '', end: 'answer' })).priority).toBe(0)
})
