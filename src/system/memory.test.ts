import { totalmem } from 'node:os'
import { expect, test } from 'vitest'
import { cpuCount, totalMemoryBytes } from './memory.ts'

test('memory is never more than the machine has, and there is at least one processor', () => {
  expect(totalMemoryBytes()).toBeGreaterThan(0)
  expect(totalMemoryBytes()).toBeLessThanOrEqual(totalmem())
  expect(cpuCount()).toBeGreaterThanOrEqual(1)
})
