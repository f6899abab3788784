import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'

export interface Totals {
  passed: number
  failed: number
  skipped: number
}

/** `12 passed, 0 failed`, with `, 3 skipped` when any were. CI reads the result of a run from this line. */
export function closingLine(totals: Totals): string {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  return `${totals.passed} passed, ${totals.failed} failed${skipped}`
}

/** Adds up a run. A file that does not load and an error outside any test each count as one failure. */
export function totalsOf(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): Totals {
  const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    let failedTests = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') totals.passed += 1
      else if (state === 'skipped') totals.skipped += 1
      else failedTests += 1
    }
    const failedOutsideTests = module.state() === 'failed' && failedTests === 0 ? 1 : 0
    totals.failed += failedTests + failedOutsideTests
  }
  return totals
}

const MAX_REASON_CHARS = 500

/** One line for each failure, so that the end of a long log says what failed: `file > test: first line of the error`. */
export function failuresOf(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): string[] {
  const reason = ([error]: readonly SerializedError[]): string =>
    (error ? messageOf(error) : 'no error was given').slice(0, MAX_REASON_CHARS)
  const failed = (test: TestCase): boolean => test.result().state === 'failed'
  return [
    ...modules.flatMap((module) => [
      ...module.errors().map((error) => `${module.relativeModuleId}: ${reason([error])}`),
      ...[...module.children.allTests()]
        .filter(failed)
        .map(
          (t) => `${module.relativeModuleId} > ${t.fullName}: ${reason(t.result().errors ?? [])}`,
        ),
    ]),
    ...unhandledErrors.map((error) => `outside any test: ${reason([error])}`),
  ]
}

/** Of a test that failed before its clean-up did: why it failed. Of a comparison also what there was. */
function messageOf(error: SerializedError): string {
  const before = error['suppressed'] as SerializedError | undefined
  if (before) return messageOf(before)
  const [first = ''] = (error.message || error.stack || 'an error without a word').split('\n')
  const diff = stripVTControlCharacters((error['diff'] as string | undefined) ?? '').split('\n')
  const found = diff
    .filter((line) => /^\+ (?!Received)/.test(line))
    .map((line) => line.slice(1).trim())
  const there = found.length > 0 ? found.join(' ') : JSON.stringify(error['actual'])
  return there === undefined ? first : `${first} ← ${there}`
}

/** What a run leaves for who started it. */
export interface RunReport {
  totals: Totals
  failures: string[]
}

/** A vitest reporter that leaves a `RunReport`, as JSON, in the file that HOWDAH_RUN_REPORT names. */
export default class RunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const path = process.env['HOWDAH_RUN_REPORT']
    const report: RunReport = {
      totals: totalsOf(modules, unhandledErrors),
      failures: failuresOf(modules, unhandledErrors),
    }
    if (path) writeFileSync(path, JSON.stringify(report))
  }
}
