import { faults } from '../test/hosts/faults/all.ts'
import type { Fault } from '../test/hosts/faults/fault.ts'
import { runFault } from '../test/hosts/faults/run-fault.ts'
import type { Target } from '../test/hosts/faults/target.ts'
import { openStock } from '../test/hosts/stock/stock-target.ts'
import { type Bench, type Figure, figure } from './figure.ts'

/** For a shorter look: HOWDAH_BENCH_RUNS=3 */
const RUNS = Number(process.env['HOWDAH_BENCH_RUNS'] ?? 10)
/** A write every 5 ms or so, over all clients: what a gap's length is known by. */
const CROWD = { endpoints: ['pooled'], writers: 10, readers: 1, paceMs: 50, holdMs: 0 }

const planned: Fault = {
  title: 'planned switchover',
  async run({ target, strike }) {
    await strike(() => target.switchover())
  },
}

const cases: Readonly<Record<string, Fault | undefined>> = {
  'postmaster-killed': faults['F1'],
  'host-killed': faults['F7'],
  'host-cut-off': faults['F8'],
  switchover: planned,
}

/** How long clients of the pooled endpoint cannot write. */
export const failover: Bench = {
  summary:
    'the longest time between two writes at the pooled endpoint: stock Patroni with etcd, HAProxy and PgBouncer, configured by hand, on three lab hosts with Debian 13',
  async run(say) {
    await using target = await openStock({ suite: 'trixie' })
    const figures: Figure[] = []
    for (const [name, fault] of Object.entries(cases)) {
      if (!fault) throw new Error(`no fault for ${name}`)
      const gapsMs = await gapsUnder(fault, target, (line) => say(`${name}: ${line}`))
      figures.push(figure(`stock-${name}`, 'ms', gapsMs))
    }
    return figures
  },
}

async function gapsUnder(
  fault: Fault,
  target: Target,
  say: (line: string) => void,
): Promise<number[]> {
  const gapsMs: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const { gaps, violations, counts } = await runFault('', fault, target, CROWD)
    const [gap] = gaps
    if (!gap) throw new Error('nobody wrote')
    const failed = counts.refused + counts.unknown
    say(`${gap.gapMs.toFixed(0)} ms, ${failed} errors, ${violations.length} promises broken`)
    gapsMs.push(gap.gapMs)
  }
  return gapsMs
}
