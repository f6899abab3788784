import { expect, test } from 'vitest'
import { type FakeStreams, howdah } from './fake-daemon.suite.ts'
import { operation } from './fixtures.suite.ts'

const answers = { getOperation: async () => operation({ state: 'running', steps: [] }) }
const tail = (events: FakeStreams) => howdah(['ops', 'tail', 'op000001'], { answers, events })

test('a stream that breaks off is taken up again until the operation has ended', async () => {
  let call = 0
  const { status, stderr } = await tail({
    async *watchOperation() {
      call += 1
      if (call === 1) yield operation({ state: 'running' })
      if (call === 2) throw new Error('broken')
      if (call === 3) yield operation()
    },
  })
  expect(status).toBe(0)
  expect(call).toBe(3)
  expect(stderr.match(/create the data directory/g)).toHaveLength(1)
})

test('a stream that only breaks ends with an error', async () => {
  const { status } = await tail({
    // oxlint-disable-next-line require-yield
    async *watchOperation() {
      throw new Error('broken')
    },
  })
  expect(status).toBe(70)
})

test('a cancelled operation exits as an interrupted one', async () => {
  const { status, stderr } = await tail({
    async *watchOperation() {
      yield operation({ state: 'cancelled' })
    },
  })
  expect(status).toBe(130)
  expect(stderr).toContain('up of shop was cancelled')
})

test('a step that was tried again is shown with both tries', async () => {
  const step = operation().steps[0]!
  const { stderr } = await tail({
    async *watchOperation() {
      yield operation({ state: 'running', steps: [{ ...step, state: 'failed' }] })
      yield operation({ steps: [{ ...step, attempt: 2 }] })
    },
  })
  expect(stderr).toContain('✗ create the data directory 340 ms\n')
  expect(stderr).toContain('✓ create the data directory 340 ms, try 2\n')
})
