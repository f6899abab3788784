import { execFileSync } from 'node:child_process'
import { type Bench, figure } from './figure.ts'
import { benchHome, howdahJs } from './support/home.ts'

const RUNS = 20

/** How long the command line takes before it does anything. */
export const startup: Bench = {
  summary: 'howdah --version and howdah ps against `node -e 0`',
  async run(say) {
    await using bench = await benchHome()
    const folder = await bench.project('one', 1)
    say('making one instance')
    await bench.howdah(['up', '--yes'], folder)
    const measure = (args: string[]): number => {
      const begin = performance.now()
      const env = { ...process.env, HOWDAH_HOME: bench.home }
      execFileSync(process.execPath, args, { cwd: folder, env, stdio: 'ignore' })
      return performance.now() - begin
    }
    const bare: number[] = []
    const version: number[] = []
    const ps: number[] = []
    for (let run = 0; run < RUNS; run++) {
      bare.push(measure(['-e', '0']))
      version.push(measure([howdahJs, '--version']))
      ps.push(measure([howdahJs, 'ps']))
    }
    return [
      figure('version', 'ms', version, { baseline: bare }),
      figure('ps', 'ms', ps, { baseline: bare }),
    ]
  },
}
