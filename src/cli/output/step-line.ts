import type { Step } from '../../contract/operation.ts'
import type { Colour } from './colour.ts'
import { duration } from './duration.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** Each frame of the spinner stands this long. */
export const frameMs = 80

/** A step that has ended: `✓ create the data directory 340 ms`, `✗ start the server: why`. */
export function endedLine(step: Step, colour: Colour): string {
  const tookMs = step.finishedAt ? Date.parse(step.finishedAt) - Date.parse(step.startedAt) : 0
  const tries = step.attempt > 1 ? `, try ${step.attempt}` : ''
  const took = colour.dim(`${duration(tookMs)}${tries}`)
  if (step.state !== 'failed') return `${colour.good('✓')} ${step.name} ${took}`
  return `${colour.bad('✗')} ${step.name} ${took}`
}

/** A step that runs: `⠙ fetch Postgres 16.14: 12 of 40 MiB 3 s`. */
export function runningLine(step: Step, nowMs: number, colour: Colour): string {
  const frame = frames[Math.floor(nowMs / frameMs) % frames.length] ?? ''
  const progress = step.progress ? `: ${step.progress}` : ''
  const elapsed = colour.dim(duration(nowMs - Date.parse(step.startedAt)))
  return `${colour.accent(frame)} ${step.name}${progress} ${elapsed}`
}
