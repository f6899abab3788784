import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

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

/** A vitest reporter that leaves the totals of the run, as JSON, in the file that HOWDAH_TOTALS_FILE names. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const path = process.env['HOWDAH_TOTALS_FILE']
    if (path) writeFileSync(path, JSON.stringify(totalsOf(modules, unhandledErrors)))
  }
}
