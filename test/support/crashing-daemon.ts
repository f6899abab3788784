/**
 * A daemon for tests, `crashing-daemon.ts HOME ORDER`, that ends itself with SIGKILL at a boundary of a step, or so many milliseconds
 * after it. ORDER is a file with the number of the boundary, counted from the moment that the file has its text, a word that makes
 * the text another than before, and the milliseconds; without the file it is a plain daemon.
 */
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

enableCompileCache()
const [home = '', orderFile = ''] = process.argv.slice(2)
let order = ''
let passed = 0

function atBoundary(): void {
  const now = readOrder()
  if (now !== order) {
    order = now
    passed = 0
  }
  if (order === '') return
  passed++
  const [boundary, , delayMs = '0'] = order.split(' ')
  if (passed !== Number(boundary)) return
  const die = (): void => void process.kill(process.pid, 'SIGKILL')
  if (Number(delayMs) === 0) die()
  else setTimeout(die, Number(delayMs))
}

function readOrder(): string {
  try {
    return readFileSync(orderFile, 'utf8')
  } catch {
    return '' // no order: nothing to die for
  }
}

const { runDaemon } = await import('../../src/daemon/main.ts')
const schedules = process.env['HOWDAH_SCHEDULES'] !== 'off'
await runDaemon({ home, onBoundary: atBoundary, schedules })
