import { expect, test } from 'vitest'
import { backgroundRate, type Rates, recentPressure, type Standing } from './background-rate.ts'

const GiB = 2 ** 30
const rates: Rates = { most: 128, least: 8 }
const at = (standing: Partial<Standing>): number =>
  backgroundRate(rates, {
    pressure: 0,
    doneBytes: 10 * GiB,
    totalBytes: 100 * GiB,
    spent: 0,
    ...standing,
  })

test('on an idle machine it goes as fast as it may', () => {
  expect(at({ pressure: 0 })).toBe(128)
  expect(at({ pressure: 0.05 })).toBe(128)
})

test('the longer others wait the slower it goes, and never slower than the least', () => {
  expect(at({ pressure: 0.1 })).toBeLessThan(128)
  expect(at({ pressure: 0.2 })).toBeLessThan(at({ pressure: 0.1 }))
  expect(at({ pressure: 0.3 })).toBeCloseTo(8)
  expect(at({ pressure: 1 })).toBeCloseTo(8)
})

test('one that is behind what it has left goes as fast as it may, however busy others are', () => {
  expect(at({ pressure: 1, spent: 0.09 })).toBeCloseTo(8)
  expect(at({ pressure: 1, spent: 0.11 })).toBe(128)
  expect(at({ pressure: 1, spent: 2 })).toBe(128)
})

test('an empty database is copied before anybody could feel it', () => {
  expect(at({ pressure: 1, doneBytes: 40 * 2 ** 20, totalBytes: 50 * 2 ** 20 })).toBe(128)
})

test('of any size, it is done in its time, and a small one is not hurried', () => {
  const took = (totalBytes: number): number => {
    let doneBytes = 0
    let hours = 0
    const mibs: Rates = { most: 128 * 2 ** 20, least: 16 * 2 ** 20 }
    for (; doneBytes < totalBytes; hours += 1 / 3600) {
      doneBytes += backgroundRate(mibs, { pressure: 1, doneBytes, totalBytes, spent: hours / 3 })
    }
    return hours
  }
  expect(took(100 * GiB)).toBeGreaterThan(1.7)
  expect(took(100 * GiB)).toBeLessThan(3)
  expect(took(1000 * GiB)).toBeLessThan(3.01)
})

test('a pressure that lasts is believed, and one long look says as much as many short ones', () => {
  const once = recentPressure(0, 1, 1000)
  let often = 0
  for (let look = 0; look < 10; look++) often = recentPressure(often, 1, 100)
  expect(often).toBeCloseTo(once)
  expect(once).toBeGreaterThan(0.3)
  expect(recentPressure(0, 1, 60_000)).toBeCloseTo(1)
  expect(recentPressure(1, 0, 60_000)).toBeCloseTo(0)
})
