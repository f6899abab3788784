import { expect, test } from 'vitest'
import type { TestModule } from 'vitest/node'
import { closingLine, failuresOf } from './support/closing-line.ts'

test('the closing line names skipped tests only when there are any', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
  expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped')
})

test('every failure is one line that names its file, its test and the first line of its error', () => {
  const test = (fullName: string, state: string, message = '') => ({
    fullName,
    result: () => ({ state, errors: [{ message }] }),
  })
  const module = {
    relativeModuleId: 'a.test.ts',
    errors: () => [],
    children: {
      allTests: () => [test('group > works', 'passed'), test('group > adds', 'failed', '1\n+ 2')],
    },
  }
  const broken = {
    ...module,
    relativeModuleId: 'b.test.ts',
    errors: () => [{ message: 'no file' }],
  }
  broken.children = { allTests: () => [] }
  expect(failuresOf([module, broken] as unknown as TestModule[], [{ message: 'lost' }])).toEqual([
    'a.test.ts > group > adds: 1',
    'b.test.ts: no file',
    'outside any test: lost',
  ])
})

test('of a test whose clean-up failed too the first failure is told, and of a comparison what there was', () => {
  const compared = {
    message: 'expected { …(2) } to match object',
    diff: '- Expected\n+ Received\n\n  {\n-   "code": "A",\n+   "code": "B",\n  }',
  }
  const errors = [{ message: '', error: { message: 'left running' }, suppressed: compared }]
  const failed = { fullName: 'works', result: () => ({ state: 'failed', errors }) }
  const module = {
    relativeModuleId: 'a.test.ts',
    errors: () => [],
    children: { allTests: () => [failed] },
  }
  expect(failuresOf([module] as unknown as TestModule[], [])).toEqual([
    'a.test.ts > works: expected { …(2) } to match object ← "code": "B",',
  ])
})
