import type { Bench, Figure } from './figure.ts'

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  up: async () => (await import('./up.ts')).up,
  startup: async () => (await import('./startup.ts')).startup,
  idle: async () => (await import('./idle.ts')).idle,
  wake: async () => (await import('./wake.ts')).wake,
  branch: async () => (await import('./branch.ts')).branch,
  failover: async () => (await import('./failover.ts')).failover,
  plan: async () => (await import('./plan.ts')).plan,
}

const columns = [
  'name',
  'value',
  'unit',
  'baseline',
  'ratio',
  'goal',
  'atLeast',
  'runs',
  'spread',
] as const

const [name = '', ...flags] = process.argv.slice(2)
const load = benches[name]
if (!load) {
  console.error(
    `npm run bench -- NAME [--json], where NAME is one of ${Object.keys(benches).join(', ')}`,
  )
  process.exit(64)
}
const bench = await load()
console.error(bench.summary)
const figures = await bench.run((line) => console.error(line))
console.log(flags.includes('--json') ? JSON.stringify(figures, undefined, 2) : table(figures))

function table(rows: readonly Figure[]): string {
  const cells = [columns, ...rows.map((row) => columns.map((c) => String(row[c] ?? '')))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => String(row[i]).length)))
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
