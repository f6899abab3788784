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

test('in the background it is a process of its own, whose notes, errors and abort come back alike', async () => {
  const notes: string[] = []
  const options = { background: true, onNote: (note: string) => notes.push(note) }
  const answered = await echoOnThread({ text: 'hello', end: 'answer' }, options)
  expect(answered.answer).toBe('hello')
  expect(answered.process).not.toBe(process.pid)
  expect(notes).toEqual(['begun', 'ending'])
  await expect(echoOnThread({ text: '/x', end: 'disk-full' }, options)).rejects.toMatchObject({
    name: 'AppError',
    code: 'DISK_FULL',
    details: { path: '/x' },
  })
  await expect(echoOnThread({ text: 'odd', end: 'throw' }, options)).rejects.toMatchObject({
    name: 'TypeError',
    message: 'odd',
  })
  await expect(echoOnThread({ text: '', end: 'exit' }, options)).rejects.toMatchObject({
    code: 'INTERNAL',
  })
  const stop = new AbortController()
  const onNote = (note: string): void => void (note === 'begun' && stop.abort(new Error('enough')))
  await expect(
    echoOnThread({ text: '', end: 'wait' }, { background: true, signal: stop.signal, onNote }),
  ).rejects.toThrow('enough')
})

test('work in the background that takes its time steps back, alone', async () => {
  const { priority } = await echoOnThread({ text: '', end: 'busy' }, { background: true })
  expect(priority).toBe(19)
  expect((await echoOnThread({ text: '', end: 'answer' })).priority).toBe(0)
})
