import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { type Bench, type Figure, figure } from './figure.ts'
import { benchHome, untilQuiet } from './support/home.ts'
import { fillWithPgbench, pgbenchProgram } from './support/pgbench.ts'
import { noVolumeBecause, xfsVolume } from './support/xfs-volume.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
/** In GiB, with the room that a plain copy, WAL and a base backup need beside it. */
const SIZES = [
  { name: '1gb', data: 1, volume: 8, runs: 5 },
  { name: '8gb', data: 8, volume: 34, runs: 3 },
] as const
/** The goals of issue 3, in seconds. */
const GOAL = { alone: 1, underLoad: 2 }
/** About 300 MB that pgbench works on; the rest of the data is only there. */
const SCALE = 20
const SCALE_BYTES = 310 * MIB
/** How long a load runs before and after a branch is made. */
const CALM_S = 8

/** How soon a branch answers, and what that costs its parent. */
export const branch: Bench = {
  summary:
    '`howdah branch create` on XFS with reflinks, from the command to the first answer, against `cp -a --reflink=never` and `sync` of the same data; then under pgbench, with what the parent loses and the disk grows',
  async run(say) {
    const because = noVolumeBecause()
    if (because) {
      say(`left out: ${because}`)
      return []
    }
    // For a look at one size: HOWDAH_BENCH_SIZE=1gb
    const asked = process.env['HOWDAH_BENCH_SIZE']
    const figures: Figure[] = []
    for (const size of SIZES.filter((s) => asked === undefined || s.name === asked)) {
      figures.push(...(await measure(size, say)))
    }
    return figures
  },
}

async function measure(
  { name, data, volume, runs }: (typeof SIZES)[number],
  say: (line: string) => void,
): Promise<Figure[]> {
  await using disk = await xfsVolume(volume * GIB)
  await using bench = await benchHome(disk.directory)
  const folder = await bench.project('one', 1)
  await bench.howdah(['up', '--yes'], folder)
  const [{ dataDirectory }] = JSON.parse(await bench.howdah(['ps', '--json'], folder))
  const url = (await bench.howdah(['url', '--reveal'], folder)).trim()
  const program = pgbenchProgram()
  say(`${name}: filling`)
  if (program) await fillWithPgbench(program, url, SCALE)
  await fill(url, data * GIB - (program ? SCALE_BYTES : 0))
  await untilQuiet(bench.howdah)

  const make = async (branchName: string): Promise<number> => {
    const begin = performance.now()
    const args = ['branch', 'create', 'db0', branchName, '--password', 'parent', '--yes', '--json']
    const { instance } = JSON.parse(await bench.howdah(args, folder))
    await firstAnswer(instance.endpoint)
    return (performance.now() - begin) / 1000
  }
  const remove = (branchName: string) => bench.howdah(['branch', 'rm', branchName, '--yes'], folder)
  const ready: number[] = []
  const copied: number[] = []
  const grown: number[] = []
  for (let run = 0; run < runs; run++) {
    say(`${name}: run ${run + 1} of ${runs}`)
    const before = usedMib(disk.directory)
    ready.push(await make(`b${run}`))
    grown.push(usedMib(disk.directory) - before)
    await remove(`b${run}`)
    copied.push(plainCopy(dataDirectory, join(bench.root, 'copy')))
  }
  const figures = [
    figure(`branch-${name}`, 's', ready, { baseline: copied }),
    figure(`branch-${name}-alone`, 's', ready, { goal: GOAL.alone }),
    figure(`growth-${name}`, 'MiB', grown),
  ]
  if (!program) {
    say(`${name}: without pgbench, nothing is measured under load`)
    return figures
  }
  const loaded: number[] = []
  const dips: number[] = []
  const grownLoaded: number[] = []
  for (let run = 0; run < runs; run++) {
    say(`${name}: run ${run + 1} of ${runs} under pgbench`)
    const before = usedMib(disk.directory)
    const { seconds, dip } = await underLoad(program, url, () => make(`l${run}`))
    grownLoaded.push(usedMib(disk.directory) - before)
    loaded.push(seconds)
    dips.push(dip)
    await remove(`l${run}`)
    await untilQuiet(bench.howdah)
  }
  return [
    ...figures,
    figure(`branch-${name}-pgbench`, 's', loaded, { goal: GOAL.underLoad }),
    figure(`parent-dip-${name}`, '% of tps', dips),
    // With the parent's own WAL, and the pages that it writes elsewhere because the branch shares them.
    figure(`growth-${name}-pgbench`, 'MiB', grownLoaded),
  ]
}

/** Rows of a megabyte each, which take no time to make and compress well on their way to the archive. */
async function fill(url: string, bytes: number): Promise<void> {
  const client = await connect(url)
  const rows = Math.max(0, Math.round(bytes / MIB))
  await client.query('create table filler (id int, body text)')
  await client.query('alter table filler alter body set storage external')
  await client.query(
    'insert into filler select i, repeat(md5(i::text), 32768) from generate_series(1, $1::int) i',
    [rows],
  )
  await client.query('vacuum analyze')
  await client.end()
}

async function connect(url: string): Promise<Client> {
  // The names in our certificate are tested elsewhere.
  const client = new Client({ connectionString: url.split('?')[0] ?? url })
  await client.connect()
  return client
}

async function firstAnswer({ host, port }: { host: string; port: number }): Promise<void> {
  const client = await connect(`postgresql://app:bench@${host}:${port}/app`)
  await client.query('select 1')
  await client.end()
}

/** Seconds until every byte is copied and on the disk, as a branch is: what a person without reflinks would wait at least. */
function plainCopy(from: string, to: string): number {
  const begin = performance.now()
  execFileSync('cp', ['-a', '--reflink=never', from, to])
  execFileSync('sync', ['-f', to])
  const seconds = (performance.now() - begin) / 1000
  rmSync(to, { recursive: true })
  execFileSync('sync')
  return seconds
}

const usedMib = (directory: string): number => {
  const { blocks, bfree, bsize } = statfsSync(directory)
  return ((blocks - bfree) * bsize) / MIB
}

/** Makes a branch while pgbench runs; `dip`: by how much the parent did less meanwhile, in per cent. */
async function underLoad(
  program: string,
  url: string,
  make: () => Promise<number>,
): Promise<{ seconds: number; dip: number }> {
  const args = ['-n', '-c', '4', '-j', '2', '-T', '600', '-P', '1', url]
  const load = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(load, 'exit')
  const rates: number[] = []
  load.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const [, tps] of text.matchAll(/progress: [\d.]+ s, ([\d.]+) tps/g))
      rates.push(Number(tps))
  })
  await delay(CALM_S * 1000)
  const before = rates.length
  const seconds = await make()
  const after = rates.length
  load.kill()
  await ended
  // The first two seconds are pgbench's own beginning; the second in which the branch began counts as during.
  const calm = mean(rates.slice(2, before))
  const during = mean(rates.slice(before, Math.max(before + 1, after)))
  return { seconds, dip: (1 - during / calm) * 100 }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
