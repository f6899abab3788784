import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Bench, type Figure, figure } from './figure.ts'
import { benchHome, untilQuiet } from './support/home.ts'

const COUNTS = [1, 20, 100]
const WINDOW_MS = 10_000
const RUNS = 3
/** USER_HZ: what /proc counts CPU time in, 100 on every Linux of today. */
const TICKS_PER_SECOND = 100

/** What the daemon costs while nobody does anything. Linux only: /proc tells. */
export const idle: Bench = {
  summary: 'memory and CPU of the daemon with 1, 20 and 100 idle instances',
  async run(say) {
    await using bench = await benchHome()
    const figures: Figure[] = []
    let have = 0
    for (const count of COUNTS) {
      say(`${count} instances`)
      const folder = await bench.project(`n${count}`, count - have)
      have = count
      await bench.howdah(['up', '--yes'], folder)
      // Each new instance gets its first base backup and a drill.
      say(`${count} instances: until they are idle`)
      await untilQuiet(bench.howdah)
      const { pid } = JSON.parse(await bench.howdah(['daemon', 'status', '--json']))
      const cpu: number[] = []
      const memory: number[] = []
      for (let run = 0; run < RUNS; run++) {
        const before = cpuTicks(pid)
        await delay(WINDOW_MS)
        cpu.push(((cpuTicks(pid) - before) / TICKS_PER_SECOND / (WINDOW_MS / 1000)) * 100)
        memory.push(residentMib(pid))
      }
      figures.push(figure(`cpu-${count}`, '% of a core', cpu))
      figures.push(figure(`memory-${count}`, 'MiB', memory))
    }
    return figures
  },
}

/** utime and stime, fields 14 and 15 of proc_pid_stat(5). */
function cpuTicks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
