/** `npm run faults -- F7`: hurts a cluster in the lab while clients use it, and judges what they saw. docs/lab.md tells how. */
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { parseDurationMs } from '../../../src/compose/amounts.ts'
import { down } from '../down.ts'
import { obstacles } from '../preflight.ts'
import { Refusal } from '../refusal.ts'
import { openStock } from '../stock/stock-target.ts'
import { type StockSuite, stockMajors } from '../stock/tree.ts'
import { faults } from './all.ts'
import { faultReport } from './report.ts'
import { type FaultResult, runFault } from './run-fault.ts'

const USAGE = `usage: npm run faults -- FAULT... [--target stock] [--suite trixie|bookworm] [--name LAB] [--json]
  [--writers 20] [--readers 5] [--pace 100ms] [--hold 40s]

${Object.entries(faults)
  .map(([code, { title }]) => `  ${code.padEnd(4)} ${title}\n`)
  .join('')}`

/** As a shell tells it of a program that a signal ended. */
const SIGNALLED = 128

const options = {
  target: { type: 'string', default: 'stock' },
  suite: { type: 'string', default: 'trixie' },
  name: { type: 'string' },
  json: { type: 'boolean', default: false },
  writers: { type: 'string', default: '20' },
  readers: { type: 'string', default: '5' },
  pace: { type: 'string', default: '100ms' },
  // Twice the lease of stock Patroni: long enough for what a lost lease would do.
  hold: { type: 'string', default: '40s' },
} as const

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 64
}

async function main(): Promise<number> {
  const { values, positionals: codes } = parseArgs({ options, allowPositionals: true })
  const unknown = codes.find((code) => !Object.hasOwn(faults, code))
  if (codes.length === 0) throw new Refusal(USAGE)
  if (unknown !== undefined) throw new Refusal(`there is no fault ${unknown}\n\n${USAGE}`)
  if (values.target !== 'stock') throw new Refusal(`--target takes stock, not ${values.target}`)
  const suite = readSuite(values.suite)
  const crowd = {
    writers: readCount('writers', values.writers),
    readers: readCount('readers', values.readers),
    paceMs: readMs('pace', values.pace),
    holdMs: readMs('hold', values.hold),
  }
  const [obstacle] = obstacles({ suite })
  if (obstacle) throw new Refusal(obstacle)
  const lab = values.name ?? `f${process.pid}`
  removeLabWhenInterrupted(lab)
  const results: FaultResult[] = []
  for (const code of codes) {
    const fault = faults[code]
    if (!fault) continue
    // A cluster for each, so that none has another's after-effects.
    await using target = await openStock({ suite, lab })
    const result = await runFault(code, fault, target, crowd)
    results.push(result)
    if (!values.json) process.stdout.write(faultReport(result))
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`)
  return results.every(({ isPassed }) => isPassed) ? 0 : 1
}

/** A lab outlives the program that made it, so one that is told to end takes it along. */
function removeLabWhenInterrupted(name: string): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void down(name).finally(() => process.exit(SIGNALLED + constants.signals[signal]))
    })
  }
}

function readSuite(text: string): StockSuite {
  if (Object.hasOwn(stockMajors, text)) return text as StockSuite
  throw new Refusal(`--suite takes ${Object.keys(stockMajors).join(' or ')}, not ${text}`)
}

function readCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new Refusal(`--${flag} takes a whole number, not ${text}`)
}

function readMs(flag: string, text: string): number {
  const ms = parseDurationMs(text)
  if (ms !== undefined && ms > 0) return ms
  throw new Refusal(`--${flag} takes a span such as 100ms or 40s, not ${text}`)
}
