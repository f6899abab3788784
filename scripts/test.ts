/**
 * Everything that `make test` promises, in order: format, lint, types and generated docs; the build; every test; and that
 * no process of the tests is left. A step that fails does not stop the next, counts as one failure, and fails the run.
 *
 * The closing line goes to the file that CLOSING_LINE_FILE names (CI prints it last of all), otherwise to the terminal.
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine, type RunReport, type Totals } from '../test/support/closing-line.ts'
import { leftoversIn } from './leftovers.ts'

const LEFTOVER_GRACE_MS = 5000

// Short, because a Unix socket's path may have 103 bytes; open, because as root the servers run under another account.
const folder = mkdtempSync(join(process.platform === 'darwin' ? '/tmp' : tmpdir(), 'ht-'))
chmodSync(folder, 0o755)
const reportFile = join(folder, 'report.json')
const failures: string[] = []
let isStopped = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => (isStopped = true))

for (const name of ['format:check', 'lint', 'types', 'docs:check', 'build']) {
  await step(name, 'npm', ['run', '--silent', name])
}
await step('tests', 'npx', [
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=./test/support/closing-line.ts',
])
await checkLeftovers()

const report = readReport()
const totals = allTotals(report)
for (const name of [...failures, ...report.failures]) process.stdout.write(`failed: ${name}\n`)
if (failures.length === 0 && totals.failed === 0) rmSync(folder, { recursive: true, force: true })
else {
  process.stdout.write(`what the tests left is in ${folder}\n`)
  process.exitCode = 1
}
const line = `${closingLine(totals)}\n`
const file = process.env['CLOSING_LINE_FILE']
if (file) writeFileSync(file, line)
else process.stdout.write(line)

async function step(name: string, command: string, args: string[]): Promise<void> {
  if (isStopped) return
  process.stdout.write(`== ${name}\n`)
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TMPDIR: folder, HOWDAH_RUN_REPORT: reportFile },
  })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  child.on('error', (error) => {
    process.stderr.write(`${command}: ${error.message}\n`)
    resolve(false)
  })
  child.on('close', (code) => resolve(code === 0))
  if (!(await promise)) failures.push(name)
}

async function checkLeftovers(): Promise<void> {
  const left = await leftoversIn(folder, LEFTOVER_GRACE_MS)
  if (left.length === 0) return
  failures.push('processes left running')
  for (const { pid, args } of left) {
    process.stdout.write(`left running: ${pid} ${args}\n`)
  }
}

function readReport(): RunReport {
  return existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as RunReport)
    : { totals: { passed: 0, failed: 0, skipped: 0 }, failures: [] }
}

/** Vitest's totals and one failure for each other step that failed. `tests` counts only when no test says why. */
function allTotals({ totals }: RunReport): Totals {
  const isTold = totals.failed > 0
  const others = failures.filter((name) => name !== 'tests' || !isTold)
  return { ...totals, failed: totals.failed + others.length + (isStopped ? 1 : 0) }
}
