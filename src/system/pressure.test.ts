import { expect, test } from 'vitest'
import { countPressure, pressureBetween } from './pressure.ts'

test('the pressure is that of the kind of waiting that there was most of', () => {
  const before = [
    { waitedMs: 500, outOfMs: 1000 },
    { waitedMs: 0, outOfMs: 1000 },
  ]
  const after = [
    { waitedMs: 520, outOfMs: 1100 },
    { waitedMs: 70, outOfMs: 1100 },
  ]
  expect(pressureBetween(before, after)).toBeCloseTo(0.7)
})

test('without time between two counts, or with other kinds, there is no pressure', () => {
  const count = [{ waitedMs: 5, outOfMs: 10 }]
  expect(pressureBetween(count, count)).toBe(0)
  expect(pressureBetween([], count)).toBe(0)
  expect(pressureBetween(count, [])).toBe(0)
})

test('this machine can be asked, and its counts do not go back', () => {
  const before = countPressure()
  const after = countPressure()
  expect(after.length).toBeGreaterThan(0)
  for (const [kind, { waitedMs, outOfMs }] of after.entries()) {
    expect(outOfMs).toBeGreaterThanOrEqual(before[kind]?.outOfMs ?? Infinity)
    expect(waitedMs).toBeGreaterThanOrEqual(before[kind]?.waitedMs ?? Infinity)
  }
  const pressure = pressureBetween(before, after)
  expect(pressure).toBeGreaterThanOrEqual(0)
  expect(pressure).toBeLessThanOrEqual(1)
})
