import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readProject } from '../src/compose/read.ts'
import { type Bench, figure } from './figure.ts'
import { benchHome } from './support/home.ts'

const RUNS = 10
const SERVICES = 200

/** Reading and planning a large compose file. */
export const plan: Bench = {
  summary: `a compose file of ${SERVICES} managed services: read alone, and \`howdah plan\` as a whole`,
  async run() {
    await using bench = await benchHome()
    const folder = await bench.project('large', SERVICES)
    const path = join(folder, 'compose.yaml')
    const text = await readFile(path, 'utf8')
    const yaml: number[] = []
    const read: number[] = []
    const whole: number[] = []
    await bench.howdah(['plan'], folder)
    for (let run = 0; run < RUNS; run++) {
      yaml.push(timed(() => parse(text)))
      read.push(timed(() => readCompose(path, folder, text)))
      const begin = performance.now()
      await bench.howdah(['plan'], folder)
      whole.push(performance.now() - begin)
    }
    return [figure('read', 'ms', read, { baseline: yaml }), figure('plan', 'ms', whole)]
  },
}

function timed(work: () => void): number {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

function readCompose(path: string, directory: string, text: string): void {
  readProject({
    files: [{ path, text }],
    directory,
    environment: {},
    envFiles: [],
    profiles: [],
    readFile: () => undefined,
    listDirectory: () => undefined,
  })
}
