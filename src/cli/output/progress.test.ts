import { expect, test, vi } from 'vitest'
import { operation } from '../fixtures.suite.ts'
import { liveProgress, plainProgress } from './progress.ts'
import { createTerminal } from './terminal.ts'

const step = operation().steps[0]!
const running = operation({
  state: 'running',
  steps: [{ ...step, state: 'running', progress: '12 of 40 MiB' }],
})

function recorder(columns = 80) {
  const written: string[] = []
  const stderr = { isTTY: true, columns, write: (text: string) => written.push(text) }
  const terminal = createTerminal({ write: () => undefined }, stderr, { NO_COLOR: '1' })
  return { written, terminal }
}

test('on a terminal a running step is drawn below, and gone once it has ended', () => {
  const { written, terminal } = recorder()
  const progress = liveProgress(terminal)
  progress.update(running)
  expect(written.at(-1)).toContain('create the data directory: 12 of 40 MiB')
  progress.update(operation())
  expect(written.slice(-2)).toEqual(['\x1b[1A\x1b[0J', '✓ create the data directory 340 ms\n'])
  progress.close()
})

test('a line never wraps, or it could not be taken away', () => {
  const { written, terminal } = recorder(20)
  const progress = liveProgress(terminal)
  progress.update(running)
  progress.close()
  const drawn = written.find((text) => text.includes('create'))
  expect(drawn?.trimEnd().length).toBeLessThan(20)
})

test('off a terminal a step is announced only when it takes over a second', () => {
  vi.useFakeTimers()
  const { written, terminal } = recorder()
  const progress = plainProgress(terminal)
  progress.update(running)
  expect(written).toEqual([])
  vi.advanceTimersByTime(1_001)
  progress.update(running)
  progress.update(operation())
  progress.update(operation())
  expect(written).toEqual(['… create the data directory\n', '✓ create the data directory 340 ms\n'])
  progress.close()
  vi.useRealTimers()
})
