import { stripVTControlCharacters } from 'node:util'
import type { Operation, Step } from '../../contract/operation.ts'
import { endedLine, frameMs, runningLine } from './step-line.ts'
import type { Terminal } from './terminal.ts'

/** Shows an operation as it goes; `close` must be called, it takes the live lines away. */
export interface Progress {
  update(operation: Operation): void
  /** Words in between, above the live lines. */
  say(text: string): void
  close(): void
}

/** Off a terminal a step that runs longer than this is announced before it ends. */
const announceAfterMs = 1_000

/** On a terminal: ended steps stay as lines, running ones are drawn live below them. */
export function liveProgress(terminal: Terminal): Progress {
  const { stderr, noteColour } = terminal
  const shown = new Set<string>()
  let running: readonly Step[] = []
  let drawn = 0
  const erase = (): void => {
    if (drawn > 0) stderr.write(`\x1b[${drawn}A\x1b[0J`)
    drawn = 0
  }
  const draw = (): void => {
    erase()
    for (const step of running) {
      stderr.write(`${cut(runningLine(step, Date.now(), noteColour), stderr.columns || 80)}\n`)
      drawn += 1
    }
  }
  const timer = setInterval(draw, frameMs)
  return {
    update(operation) {
      erase()
      for (const step of newlyEnded(operation, shown)) terminal.note(endedLine(step, noteColour))
      running = operation.steps.filter((step) => step.state === 'running')
      draw()
    },
    say(text) {
      erase()
      terminal.note(text)
      draw()
    },
    close() {
      clearInterval(timer)
      erase()
    },
  }
}

/** Off a terminal: a line when a step ends, and one before that when it takes over a second. */
export function plainProgress(terminal: Terminal): Progress {
  const shown = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  const forget = (key: string): void => {
    clearTimeout(timers.get(key))
    timers.delete(key)
  }
  return {
    update(operation) {
      for (const step of newlyEnded(operation, shown)) {
        forget(keyOf(step))
        terminal.note(endedLine(step, terminal.noteColour))
      }
      for (const step of operation.steps) {
        const key = keyOf(step)
        if (step.state !== 'running' || timers.has(key)) continue
        const announce = (): void => terminal.note(`… ${step.name}`)
        timers.set(key, setTimeout(announce, announceAfterMs))
      }
    },
    say: (text) => terminal.note(text),
    close() {
      for (const key of timers.keys()) forget(key)
    },
  }
}

/** For scripts that read JSON: nothing is shown. */
export const silentProgress: Progress = {
  update: () => undefined,
  say: () => undefined,
  close: () => undefined,
}

function newlyEnded(operation: Operation, shown: Set<string>): Step[] {
  const fresh = operation.steps.filter(
    (step) => step.state !== 'running' && !shown.has(keyOf(step)),
  )
  for (const step of fresh) shown.add(keyOf(step))
  return fresh
}

const keyOf = (step: Step): string => `${step.name}\n${step.attempt}`

/** A line that wraps could not be erased by counting lines; colours are dropped from one that is cut. */
function cut(line: string, columns: number): string {
  const plain = Array.from(stripVTControlCharacters(line))
  return plain.length < columns ? line : `${plain.slice(0, columns - 2).join('')}…`
}
