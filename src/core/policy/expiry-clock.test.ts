import { expect, test } from 'vitest'
import {
  type ClockMemory,
  doubtLeftMs,
  expiryTime,
  GRACE_MS,
  JUMP_MS,
  readClock,
} from './expiry-clock.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const START_MS = Date.parse('2026-11-20T15:00:00Z')

/** A machine whose true time is known, with a wall clock that may be wrong. */
class Machine {
  memory: ClockMemory | undefined
  trueMs = START_MS
  wrongByMs = 0
  bootedAtMs = START_MS - HOUR_MS

  read(ranMs = 0): void {
    const wallMs = this.trueMs + this.wrongByMs
    this.memory = readClock(this.memory, { wallMs, uptimeMs: this.trueMs - this.bootedAtMs, ranMs })
  }
  /** The daemon runs and looks every minute. */
  run(spanMs: number): void {
    for (let leftMs = spanMs; leftMs > 0; leftMs -= 60_000) {
      this.trueMs += 60_000
      this.read(60_000)
    }
  }
  sleep(spanMs: number): void {
    this.trueMs += spanMs
    this.read(0)
  }
  off(spanMs: number): void {
    this.trueMs += spanMs
    this.bootedAtMs = this.trueMs
    this.trueMs += 60_000
    this.read(0)
  }
  /** How far expiry is behind the true time; negative: ahead, which loses data. */
  get behindMs(): number {
    return this.trueMs - expiryTime(this.memory!)
  }
}

function machine(): Machine {
  const made = new Machine()
  made.read()
  return made
}

test('while it runs and while it sleeps a machine is believed at once', () => {
  const m = machine()
  m.run(HOUR_MS)
  m.sleep(14 * HOUR_MS)
  expect([m.behindMs, doubtLeftMs(m.memory!)]).toEqual([0, 0])
})

test('a daemon that did not run while the machine did loses no time either', () => {
  const m = machine()
  m.trueMs += 30 * DAY_MS
  m.read()
  expect(m.behindMs).toBe(0)
})

test('a clock far ahead after a boot makes nothing older until the daemon ran a day beside it', () => {
  const m = machine()
  m.wrongByMs = 400 * DAY_MS
  m.off(60_000)
  m.run(GRACE_MS - HOUR_MS)
  expect(m.behindMs).toBe(60_000)
  expect(doubtLeftMs(m.memory!)).toBe(HOUR_MS)
  m.run(HOUR_MS)
  expect(m.behindMs).toBe(-400 * DAY_MS)
})

test('one that is mended within that day has expired nothing and leaves no doubt', () => {
  const m = machine()
  m.wrongByMs = 400 * DAY_MS
  m.off(60_000)
  m.run(20 * HOUR_MS)
  m.wrongByMs = 0
  m.run(60_000)
  expect(Math.abs(m.behindMs)).toBeLessThan(JUMP_MS)
  expect(m.memory?.jumps).toEqual([])
})

test('restarts of the daemon do not shorten that day', () => {
  const m = machine()
  m.wrongByMs = 400 * DAY_MS
  for (let restarts = 0; restarts < 10; restarts++) {
    m.read(0)
    m.run(2 * HOUR_MS)
  }
  expect(m.behindMs).toBeGreaterThanOrEqual(0)
  m.run(4 * HOUR_MS)
  expect(m.behindMs).toBe(-400 * DAY_MS)
})

test('time asleep is no time in which somebody could see a wrong clock', () => {
  const m = machine()
  m.wrongByMs = 400 * DAY_MS
  m.read()
  m.sleep(3 * DAY_MS)
  expect(m.behindMs).toBe(0)
})

test('a long time off counts after a day of running', () => {
  const m = machine()
  m.off(60 * DAY_MS)
  expect(m.behindMs).toBe(60 * DAY_MS)
  m.run(GRACE_MS)
  expect(m.behindMs).toBe(0)
})

test('a machine that is off every night falls behind by some nights and no more', () => {
  const m = machine()
  for (let day = 0; day < 30; day++) {
    m.run(8 * HOUR_MS)
    m.off(16 * HOUR_MS)
  }
  expect(m.behindMs).toBe(3 * 16 * HOUR_MS)
})

test('a wrong clock after an honest night is believed no sooner for it', () => {
  const m = machine()
  m.off(16 * HOUR_MS)
  m.run(23 * HOUR_MS)
  m.wrongByMs = 400 * DAY_MS
  m.run(2 * HOUR_MS)
  expect(m.behindMs).toBe(0)
})

test('a clock that is behind keeps things for longer, and has to be believed when it is mended', () => {
  const m = machine()
  m.wrongByMs = -400 * DAY_MS
  m.run(HOUR_MS)
  expect(m.behindMs).toBe(400 * DAY_MS)
  m.wrongByMs = 0
  m.run(60_000)
  expect(m.behindMs).toBe(400 * DAY_MS)
  m.run(GRACE_MS)
  expect(m.behindMs).toBe(0)
})

test('a home that has no memory yet goes by the newest moment that it knows of', () => {
  const reading = { wallMs: START_MS + 300 * DAY_MS, uptimeMs: HOUR_MS, ranMs: 0 }
  expect(expiryTime(readClock(undefined, reading, START_MS))).toBe(START_MS)
  expect(expiryTime(readClock(undefined, reading))).toBe(START_MS + 300 * DAY_MS)
})

test('what a time server sets is no jump', () => {
  const m = machine()
  m.wrongByMs = JUMP_MS
  m.run(60_000)
  expect(m.memory?.jumps).toEqual([])
})
